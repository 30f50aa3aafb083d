import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { makeOffer, makeSnapshot, version } from '../../../test/support/catalogue.js';
import { makePrincipal } from '../../../test/support/principal.js';
import { denyProviders } from '../../../test/support/rules.js';
import type { ProviderDefinition } from '../../core/provider.js';
import type { CredentialService } from '../credentials/credential.service.js';
import type { CatalogueSnapshot } from './catalogue-snapshot.js';
import type { CatalogueService } from './catalogue.service.js';
import { ModelListService } from './model-list.service.js';
import { noCustomProviders } from '../../../test/support/custom-providers.js';

const FILTER = { includeDeactivated: false, excludeDeprecated: false };
const CHANGE = Date.UTC(2027, 0, 1);
const OFFERS = [
  makeOffer('openai', 'gpt', { prices: [version('1', '2'), version('2', '4', CHANGE)] }),
  makeOffer('groq', 'gpt', { status: 'deprecated' }),
  makeOffer('groq', 'llama'),
  makeOffer('mistral', 'old', { status: 'removed' }),
];

interface Listed {
  readonly id: string;
  readonly providers: readonly { readonly id: string }[];
  readonly pricing: { readonly prompt?: string };
}

/** A service over a catalogue that can be exchanged, for callers with keys of these providers. */
function serviceOf(first: CatalogueSnapshot, ...keys: string[]) {
  const held = { snapshot: first, keys: new Set(keys) };
  const credentials = {
    ready: () => undefined,
    credentialsFor: ({ id }: ProviderDefinition) => (held.keys.has(id) ? [{ id }] : []),
  };
  const service = new ModelListService(
    { snapshot: () => held.snapshot } as unknown as CatalogueService,
    credentials as unknown as CredentialService,
    noCustomProviders,
  );
  const read = async (filter = FILTER, principal = makePrincipal()): Promise<Listed[]> => {
    const { object, data } = JSON.parse(await service.list(filter, principal)) as {
      object: string;
      data: Listed[];
    };
    expect(object).toBe('list');
    return data;
  };
  return { service, held, read };
}

const ids = (models: readonly Listed[]) => models.map(({ id }) => id).sort();

beforeEach(() => {
  jest.useFakeTimers({ now: CHANGE - 1_000 });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('the list of models', () => {
  const snapshot = makeSnapshot(OFFERS);

  it('has the models that the caller’s credentials reach, and who of those serves them', async () => {
    const { read } = serviceOf(snapshot, 'groq', 'mistral');
    const models = await read();
    expect(ids(models)).toEqual(['gpt', 'llama']);
    expect(models.find(({ id }) => id === 'gpt')?.providers.map(({ id }) => id)).toEqual(['groq']);
  });

  it('leaves out and takes in what it is asked to', async () => {
    const { read } = serviceOf(snapshot, 'groq', 'mistral');
    expect(ids(await read({ includeDeactivated: true, excludeDeprecated: false }))).toContain(
      'old',
    );
    expect(ids(await read({ includeDeactivated: false, excludeDeprecated: true }))).toEqual([
      'llama',
    ]);
  });

  it('leaves out what the caller’s rules forbid', async () => {
    const { read } = serviceOf(snapshot, 'groq', 'openai');
    const bound = makePrincipal({ rules: denyProviders('groq') });
    expect(ids(await read(FILTER, bound))).toEqual(['gpt']);
    expect(ids(await read())).toEqual(['gpt', 'llama']);
  });

  it('is written once for a snapshot, and again for the next', async () => {
    const { service, held } = serviceOf(snapshot, 'groq');
    const spy = jest.spyOn(snapshot, 'models');
    const first = await service.list(FILTER, makePrincipal());
    expect(await service.list(FILTER, makePrincipal({ organizationId: 'org_2' }))).toBe(first);
    expect(spy).toHaveBeenCalledTimes(1);
    held.snapshot = makeSnapshot([makeOffer('groq', 'new')]);
    expect(await service.list(FILTER, makePrincipal())).toContain('"id":"new"');
  });

  it('is another one once the caller has another provider', async () => {
    const { read, held } = serviceOf(snapshot, 'groq');
    expect(ids(await read())).toEqual(['gpt', 'llama']);
    held.keys.delete('groq');
    expect(await read()).toEqual([]);
  });

  it('tells the new price from the moment on at which it holds', async () => {
    const { read } = serviceOf(snapshot, 'openai');
    const price = async () => (await read()).find(({ id }) => id === 'gpt')?.pricing.prompt;
    expect(await price()).toBe('0.000001');
    jest.setSystemTime(CHANGE);
    expect(await price()).toBe('0.000002');
  });
});

describe('one model', () => {
  const { service } = serviceOf(makeSnapshot(OFFERS, [], { other: 'llama' }), 'groq', 'mistral');

  it('is found by its id and its alias, also when nobody serves it any more', async () => {
    expect(await service.get('other', makePrincipal())).toMatchObject({ id: 'llama' });
    expect(await service.get('old', makePrincipal())).toMatchObject({ id: 'old' });
  });

  it('is not there where it is not known, not reached, or not allowed', async () => {
    expect(await service.get('none', makePrincipal())).toBeUndefined();
    const bound = makePrincipal({ rules: denyProviders('groq') });
    expect(await service.get('llama', bound)).toBeUndefined();
  });
});
