import type { Client } from 'pg';
import type { ProtocolId } from '../../src/core/provider.js';
import { cast, namedProtocol } from './providers.js';
import type { RecordedCase } from './recorded-case.js';

/** The model of recordings that name none. */
const FALLBACK_MODEL = 'recorded-model';

/** What a recorded model is taken to be able to do: everything, so that only translation is examined. */
const CAPABILITIES = {
  tools: true,
  json_object: true,
  json_schema: true,
  reasoning: true,
  temperature: true,
  web_search: true,
  prompt_caching: true,
  input_modalities: ['text', 'image', 'audio', 'file', 'video'],
  output_modalities: ['text', 'image', 'audio'],
};

/** USD per million tokens, or each. */
const PRICES: readonly (readonly [meter: string, unit: string, amount: string])[] = [
  ['input', 'million_tokens', '1'],
  ['output', 'million_tokens', '2'],
  ['cache_read', 'million_tokens', '0.1'],
  ['cache_write', 'million_tokens', '1.25'],
  ['input_audio', 'million_tokens', '3'],
  ['output_audio', 'million_tokens', '6'],
  ['output_image', 'million_tokens', '30'],
  ['request', 'each', '0.000001'],
  ['web_search', 'each', '0.01'],
];

const SOURCE = 'corpus';
const VALID_FROM = '2020-01-01T00:00:00Z';
const WINDOW = 10_000_000;

/** An offer that the catalogue may lack. */
interface Wanted {
  readonly provider: string;
  readonly model: string;
  readonly protocol: ProtocolId | undefined;
}

/**
 * The provider's name of the model of a case. Where the offer has to name its protocol it is not that of the project's
 * catalogue, so it goes by another name.
 */
export function modelOf(recorded: RecordedCase): string {
  const model = recorded.model ?? FALLBACK_MODEL;
  const protocol = namedProtocol(recorded);
  return protocol === undefined ? model : `${model}@${protocol}`;
}

/**
 * Puts an offer with a price into the catalogue for every recorded model that it lacks.
 *
 * @returns how many were added
 */
export async function completeCatalogue(
  client: Client,
  cases: readonly RecordedCase[],
): Promise<number> {
  const { rows } = await client.query<{ id: string; pin: string }>(
    `SELECT id, provider_id || '/' || upstream_model AS pin FROM offer WHERE variant IS NULL AND status <> 'removed' AND NOT suspect`,
  );
  const known = new Set(rows.flatMap(({ id, pin }) => [id, pin]));
  const wanted = new Map<string, Wanted>();
  for (const recorded of cases) {
    const casting = cast(recorded);
    if (!('provider' in casting)) continue;
    const model = modelOf(recorded);
    const provider = casting.provider.id;
    wanted.set(`${provider}/${model}`, { provider, model, protocol: namedProtocol(recorded) });
  }
  const missing = [...wanted].filter(([pin]) => !known.has(pin));
  for (const [id, offer] of missing) await addOffer(client, id, offer);
  return missing.length;
}

async function addOffer(
  client: Client,
  id: string,
  { provider, model, protocol }: Wanted,
): Promise<void> {
  const capabilities = JSON.stringify({ ...CAPABILITIES, protocol });
  await client.query(
    `INSERT INTO model (id, name, lab, family, type, context_window, max_output_tokens, capabilities)
     VALUES ($1, $1, $2, $2, 'chat', $3, $3, $4) ON CONFLICT (id) DO NOTHING`,
    [model, SOURCE, WINDOW, capabilities],
  );
  await client.query(
    `INSERT INTO offer (id, model_id, provider_id, upstream_model, context_window, max_output_tokens, capabilities, status)
     VALUES ($1, $2, $3, $2, $4, $4, $5, 'active')
     ON CONFLICT (id) DO UPDATE SET status = 'active', suspect = false`,
    [id, model, provider, WINDOW, capabilities],
  );
  await client.query(
    `INSERT INTO price_version (id, offer_id, valid_from, source) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING`,
    [`${SOURCE}:${id}`, id, VALID_FROM, SOURCE],
  );
  for (const [position, [meter, unit, amount]] of PRICES.entries()) {
    await client.query(
      `INSERT INTO price_component (price_version_id, position, meter, unit, amount, conditions)
       VALUES ($1, $2, $3, $4, $5, '{}') ON CONFLICT DO NOTHING`,
      [`${SOURCE}:${id}`, position, meter, unit, amount],
    );
  }
}
