import type { Sample, Samples } from '../stage/sample.js';
import type { Things } from '../stage/things.js';
import { CATALOGUE_SAMPLES } from './catalogue.js';
import { CREDENTIAL_SAMPLES } from './credentials.js';
import { MONEY_SAMPLES } from './money.js';
import { PROVIDER_SAMPLES } from './providers.js';
import { RULE_SAMPLES } from './rules.js';
import { TENANT_SAMPLES } from './tenants.js';

const SAMPLES: Samples = {
  ...TENANT_SAMPLES,
  ...RULE_SAMPLES,
  ...MONEY_SAMPLES,
  ...CREDENTIAL_SAMPLES,
  ...CATALOGUE_SAMPLES,
  ...PROVIDER_SAMPLES,
};

/** Routes that there are samples for. */
export const SAMPLED: readonly string[] = Object.keys(SAMPLES);

/** Right requests to a route; one that takes neither a body nor a query needs no entry. */
export function samplesOf(route: string, things: Things): readonly [Sample, ...Sample[]] {
  const [first = {}, ...others] = SAMPLES[route]?.(things) ?? [];
  return [first, ...others];
}
