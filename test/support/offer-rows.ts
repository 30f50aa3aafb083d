import type { Rows } from './tenant.js';

const CAPABILITIES = { input_modalities: ['text'], output_modalities: ['text'] };

/** Puts a chat model into the catalogue, at 1 USD per million input and 2 USD per million output tokens everywhere. */
export async function insertModel(
  rows: Rows,
  model: string,
  providers: readonly string[],
): Promise<void> {
  await rows.query(
    `INSERT INTO model (id, name, lab, family, type, capabilities) VALUES ($1, $1, 'test', 'test', 'chat', $2)`,
    [model, CAPABILITIES],
  );
  for (const provider of providers) {
    const offer = `${provider}/${model}`;
    await rows.query(
      `INSERT INTO offer (id, model_id, provider_id, upstream_model, capabilities, status)
       VALUES ($1, $2, $3, $2, $4, 'active')`,
      [offer, model, provider, CAPABILITIES],
    );
    await rows.query(
      `INSERT INTO price_version (id, offer_id, valid_from, source) VALUES ($1, $1, '2020-01-01', 'test')`,
      [offer],
    );
    await rows.query(
      `INSERT INTO price_component (price_version_id, position, meter, unit, amount, conditions)
       VALUES ($1, 0, 'input', 'million_tokens', 1, '{}'), ($1, 1, 'output', 'million_tokens', 2, '{}')`,
      [offer],
    );
  }
}
