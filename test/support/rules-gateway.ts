import { AppModule } from '../../src/app.module.js';
import { CatalogueService } from '../../src/providers/index.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';
import { startAdminApi, type AdminApi } from './admin.js';
import type { Rows } from './tenant.js';

/** A gateway in this process with a catalogue of its own, whose providers are its sandbox. */
export interface RulesGateway {
  readonly api: AdminApi;
  readonly sandbox: Sandbox;
  /** What a chat with this model was answered: `200 groq` where groq served it, else status and code. */
  chat(key: string, model: string, more?: ChatOptions): Promise<string>;
  /** The error of a chat with this model. */
  chatError(key: string, model: string): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

export interface ChatOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

interface OfferRow {
  readonly model: string;
  readonly provider: string;
  /** USD per million tokens. */
  readonly price: string;
}

/** Cheapest first; xai is broken, so that gamma falls back to groq. */
const OFFERS: readonly OfferRow[] = [
  { model: 'alpha', provider: 'openai', price: '1' },
  { model: 'alpha', provider: 'groq', price: '2' },
  { model: 'beta', provider: 'google-ai-studio', price: '3' },
  { model: 'gamma', provider: 'xai', price: '4' },
  { model: 'gamma', provider: 'groq', price: '5' },
  { model: 'gift', provider: 'groq', price: '0' },
];
const ALIASES: Readonly<Record<string, string>> = { 'the-first': 'alpha' };
const TEXT = JSON.stringify({ input_modalities: ['text'], output_modalities: ['text'] });

/** Starts it; takes about two seconds. */
export async function startRulesGateway(): Promise<RulesGateway> {
  const sandbox = await startSandbox();
  const restore = setProviders(sandbox.url);
  const api = await startAdminApi({
    modules: [AppModule],
    environment: { ALLOW_PRIVATE_UPSTREAMS: 'true' },
  });
  await fillCatalogue(api.rows);
  await api.app.get(CatalogueService, { strict: false }).reload();
  const ask = (key: string, model: string, { headers = {}, body = {} }: ChatOptions = {}) =>
    fetch(`${api.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }], ...body }),
    });
  return {
    api,
    sandbox,
    chat: async (key, model, options) => {
      const response = await ask(key, model, options);
      const text = await response.text();
      if (response.status !== 200)
        return `${response.status} ${String((JSON.parse(text) as ErrorAnswer).error.code)}`;
      const [, provider] = /"used_provider":"([^"]*)"/.exec(text) ?? [];
      return `200 ${String(provider)}`;
    },
    chatError: async (key, model) => ((await (await ask(key, model)).json()) as ErrorAnswer).error,
    close: async () => {
      await api.close();
      await sandbox.close();
      restore();
    },
  };
}

interface ErrorAnswer {
  readonly error: Record<string, unknown>;
}

/** The environment tells addresses and keys of providers. */
function setProviders(sandboxUrl: string): () => void {
  const variables: Readonly<Record<string, string>> = {
    OPENAI_API_KEY: 'key-for-openai',
    OPENAI_BASE_URL: `${sandboxUrl}/v1`,
    GROQ_API_KEY: 'key-for-groq',
    GROQ_BASE_URL: `${sandboxUrl}/v1`,
    GEMINI_API_KEY: 'key-for-google',
    GOOGLE_AI_STUDIO_BASE_URL: `${sandboxUrl}/v1beta`,
    XAI_API_KEY: 'key-for-xai',
    XAI_BASE_URL: `${sandboxUrl}/broken`,
  };
  const before = { ...process.env };
  Object.assign(process.env, variables);
  return () => {
    process.env = before;
  };
}

async function fillCatalogue(rows: Rows): Promise<void> {
  for (const id of new Set(OFFERS.map(({ model }) => model)))
    await rows.query(
      `INSERT INTO model (id, name, lab, family, type, capabilities) VALUES ($1, $1, 'lab', 'family', 'chat', $2)`,
      [id, TEXT],
    );
  for (const [alias, model] of Object.entries(ALIASES))
    await rows.query('INSERT INTO model_alias (alias, model_id) VALUES ($1, $2)', [alias, model]);
  for (const offer of OFFERS) await insertOffer(rows, offer);
}

async function insertOffer(rows: Rows, { model, provider, price }: OfferRow): Promise<void> {
  const id = `${provider}/${model}`;
  await rows.query(
    `INSERT INTO offer (id, model_id, provider_id, upstream_model, capabilities, status)
     VALUES ($1, $2, $3, $4, $5, 'active')`,
    [id, model, provider, `${model}-at-${provider}`, TEXT],
  );
  await rows.query(
    `INSERT INTO price_version (id, offer_id, valid_from, source) VALUES ($1, $1, '2026-01-01', 'test')`,
    [id],
  );
  for (const [position, meter] of ['input', 'output'].entries())
    await rows.query(
      `INSERT INTO price_component (price_version_id, position, meter, unit, amount, conditions)
       VALUES ($1, $2, $3, 'million_tokens', $4, '{}')`,
      [id, position, meter, price],
    );
}
