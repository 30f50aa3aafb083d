import { nextUlid } from '../../../src/platform/ulid.adapter.js';
import type { Sample, Samples } from '../stage/sample.js';
import type { Things } from '../stage/things.js';

const PLATFORM = '/admin/v1/providers';
const OWN = '/admin/v1/organizations/:organization_id/providers';

const change = (): Sample => ({
  body: { name: 'Changed', models: [{ id: 'local-model', free: true }] },
});

const creation = ({ provider }: Things): Sample => ({
  body: {
    slug: `made-${nextUlid().toLowerCase()}`,
    protocol: 'chat-completions',
    base_url: provider.url,
    ...change().body,
  },
});

/** Providers that were added at run time. */
export const PROVIDER_SAMPLES: Samples = Object.fromEntries(
  [PLATFORM, OWN].flatMap((path) => [
    [`POST ${path}`, (things: Things) => [creation(things)]],
    [`PATCH ${path}/:provider_id`, () => [change()]],
  ]),
);
