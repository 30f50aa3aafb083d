import { randomBytes } from 'node:crypto';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import type { Principal, ProjectMode } from '../../src/core/principal.js';
import { formatKey } from '../../src/platform/secrets/key-ring.js';
import { openai } from '../../src/providers/definitions/openai.js';
import { startCredentialProcess, type CredentialProcess } from '../support/credential-process.js';
import { insertCredential, secretBox } from '../support/credential-rows.js';
import { startDatabaseProxy, type DatabaseProxy } from '../support/database-proxy.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { makePrincipal } from '../support/principal.js';
import { connect, makeTenant, until, type Rows } from '../support/tenant.js';

const keys = formatKey('k1', randomBytes(32));
const box = secretBox(keys);
const baseUrl = 'https://api.example.com/v1';

let database: TestDatabase;
let rows: Rows;
let proxy: DatabaseProxy;
let processes: CredentialProcess[];
let first: CredentialProcess;
let second: CredentialProcess;
let tenants = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connect(database.url);
  // Without a policy that hides rows of others from the test itself.
  await rows.query(`SELECT set_config('osm.organization', '*', false)`);
});
afterAll(async () => {
  await rows.close();
  await database.drop();
});
beforeEach(async () => {
  await rows.query('DELETE FROM provider_credential');
  proxy = await startDatabaseProxy(database.appUrl);
  first = await startCredentialProcess(proxy.url, keys);
  second = await startCredentialProcess(database.appUrl, keys);
  processes = [first, second];
});
afterEach(async () => {
  jest.restoreAllMocks();
  proxy.mend();
  await Promise.all(processes.map((process) => process.close()));
  await proxy.close();
});

/** A project of a new organization. */
async function projectOf(projectMode: ProjectMode): Promise<Principal> {
  const name = String(++tenants);
  await makeTenant(rows, name);
  return makePrincipal({ organizationId: `org_${name}`, projectMode });
}
const insert = (principal: Principal | null, secret: string, priority = 0): Promise<string> =>
  insertCredential(rows, box, {
    organizationId: principal?.organizationId ?? null,
    providerId: 'openai',
    secret,
    baseUrl,
    priority,
  });

describe('credentials of an organization', () => {
  it('are read at its first call, and not again while nothing changes', async () => {
    const principal = await projectOf('api-keys');
    await insert(principal, 'second', 2);
    await insert(principal, 'first', 1);
    await insert(null, 'last');
    // Notifications come in order: those of the first two were there before that of the last one.
    await until(async () => (await first.secretsFor(makePrincipal())).includes('last'));
    const before = first.reads();
    expect(first.isWarm(principal)).toBe(false);
    for (let call = 0; call < 20; call++)
      expect(await first.secretsFor(principal)).toEqual(['first', 'second']);
    expect([first.reads() - before, first.isWarm(principal)]).toEqual([1, true]);
  });

  it.each<[string, (id: string) => [string, unknown[]]]>([
    [
      'disabled',
      (id) => [`UPDATE provider_credential SET status = 'disabled' WHERE id = $1`, [id]],
    ],
    ['deleted', (id) => ['DELETE FROM provider_credential WHERE id = $1', [id]]],
  ])('are gone from every process when they are %s', async (_, change) => {
    const principal = await projectOf('api-keys');
    const id = await insert(principal, 'secret');
    for (const process of processes)
      expect(await process.secretsFor(principal)).toEqual(['secret']);
    const [sql, values] = change(id);
    await rows.query(sql, values);
    for (const process of processes)
      await until(async () => (await process.secretsFor(principal)).length === 0);
  });

  it('of one are nothing to another, and a change of one is none of another', async () => {
    const [ours, theirs] = [await projectOf('api-keys'), await projectOf('hybrid')];
    await insert(ours, 'ours');
    await insert(null, 'platform');
    await until(async () => (await first.secretsFor(theirs)).includes('platform'));
    expect(await first.secretsFor(ours)).toEqual(['ours']);
    await insert(ours, 'more', 1);
    await until(async () => (await first.secretsFor(ours)).length === 2);
    expect([first.isWarm(theirs), await first.secretsFor(theirs)]).toEqual([true, ['platform']]);
  });

  it('are not read again because another key is wrapped around them', async () => {
    const principal = await projectOf('api-keys');
    const id = await insert(principal, 'secret');
    expect(await first.secretsFor(principal)).toEqual(['secret']);
    const seen = async (name: string): Promise<void> => {
      await insert(null, name);
      await until(async () => (await first.secretsFor(makePrincipal())).includes(name));
    };
    await seen('before');
    await first.secretsFor(principal);
    await rows.query(
      `UPDATE provider_credential SET key_id = 'k9', wrapped_key = '\\x00' WHERE id = $1`,
      [id],
    );
    await seen('after');
    expect([first.isWarm(principal), await first.secretsFor(principal)]).toEqual([
      ...[true, ['secret']],
    ]);
  });

  it('the platform’s reach every process, also those that were there before', async () => {
    const principal = await projectOf('credits');
    expect(await first.secretsFor(principal)).toEqual([]);
    await insert(null, 'platform');
    for (const process of processes)
      await until(async () => (await process.secretsFor(principal)).length === 1);
  });
});

it('where row-level security holds for nobody, the conditions of the queries do', async () => {
  const [ours, theirs] = [await projectOf('api-keys'), await projectOf('api-keys')];
  const id = await insert(ours, 'ours');
  const platformId = await insert(null, 'platform');
  const owner = await startCredentialProcess(database.url, keys);
  processes.push(owner);
  const notFound = { code: 'resource_not_found' };
  const { stored } = owner;
  await expect(stored.find(theirs.organizationId, id)).rejects.toMatchObject(notFound);
  await expect(stored.find(theirs.organizationId, platformId)).rejects.toMatchObject(notFound);
  await expect(stored.find(null, id)).rejects.toMatchObject(notFound);
  expect((await stored.find(ours.organizationId, id)).id).toBe(id);
  expect(await stored.read(theirs.organizationId)).toEqual([]);
  expect((await stored.read(null)).map(({ credential }) => credential.id)).toEqual([platformId]);
});

describe('in production', () => {
  const addresses = ['https://api.example.com', 'http://api.example.com', 'http://10.0.0.5:8000'];

  it.each([
    ['nobody leaves the public internet', 'false', [true, false, false], [true, false, false]],
    ['operators alone speak plain HTTP', 'true', [true, false, false], [true, true, true]],
  ])('%s (ALLOW_PRIVATE_UPSTREAMS=%s)', async (_, allow, tenants, operators) => {
    const variables = { NODE_ENV: 'production', ALLOW_PRIVATE_UPSTREAMS: allow };
    const process = await startCredentialProcess(database.appUrl, keys, variables);
    const isAllowed = (organizationId: string | null) => (address: string) => {
      const plan = { id: 'crd_1', organizationId, provider: openai, secret: 's', settings: {} };
      try {
        return process.stored.build({ ...plan, baseUrl: address }).baseUrl === address;
      } catch {
        return false;
      }
    };
    expect(addresses.map(isAllowed('org_1'))).toEqual(tenants);
    expect(addresses.map(isAllowed(null))).toEqual(operators);
    await process.close();
  });
});

describe.each(['cut', 'freeze'] as const)('while Postgres is away (%s)', (way) => {
  it('those in memory go on, others have to wait, and what was missed is made up for', async () => {
    const [warm, cold] = [await projectOf('api-keys'), await projectOf('api-keys')];
    const id = await insert(warm, 'old');
    expect(await first.secretsFor(warm)).toEqual(['old']);
    proxy[way]();
    expect(await first.secretsFor(warm)).toEqual(['old']);
    await expect(first.secretsFor(cold)).rejects.toMatchObject({ code: 'ledger_unavailable' });
    await rows.query('DELETE FROM provider_credential WHERE id = $1', [id]);
    await insert(warm, 'new');
    expect(await first.secretsFor(warm)).toEqual(['old']);
    proxy.mend();
    if (way === 'cut') await until(async () => (await first.secretsFor(warm)).includes('new'));
    else await until(async () => (await first.secretsFor(cold).catch(() => [0])).length === 0);
  }, 30_000);
});

describe('a row that was tampered with is not used, and the others are', () => {
  it.each(['wrapped_key, ciphertext', 'ciphertext', 'wrapped_key'])(
    'with the %s of another organization',
    async (columns) => {
      const [ours, theirs] = [await projectOf('api-keys'), await projectOf('api-keys')];
      const id = await insert(ours, 'ours');
      await insert(ours, 'untouched', 1);
      const other = await insert(theirs, 'theirs');
      await rows.query(
        `UPDATE provider_credential SET (key_id, ${columns}) =
           (SELECT key_id, ${columns} FROM provider_credential WHERE id = $2) WHERE id = $1`,
        [id, other],
      );
      expect(await first.secretsFor(ours)).toEqual(['untouched']);
      expect(await first.secretsFor(theirs)).toEqual(['theirs']);
    },
  );

  it.each([
    ['moved to another organization', `organization_id = $2`],
    ['sent to another address', `base_url = 'https://evil.example/v1' || left($2, 0)`],
    [
      'bound to another origin',
      `base_url = 'https://evil.example/v1', origin = 'https://evil.example' || left($2, 0)`,
    ],
    ['given settings that nobody knows', `settings = jsonb_build_object('x', $2::text)`],
  ])('%s', async (_, change) => {
    const [ours, theirs] = [await projectOf('api-keys'), await projectOf('api-keys')];
    const id = await insert(ours, 'ours');
    await insert(theirs, 'theirs');
    await rows.query(`UPDATE provider_credential SET ${change} WHERE id = $1`, [
      id,
      theirs.organizationId,
    ]);
    expect(await first.secretsFor(ours)).toEqual([]);
    expect(await first.secretsFor(theirs)).toEqual(['theirs']);
  });

  it('wrapped with a key that is not known here', async () => {
    const principal = await projectOf('api-keys');
    const elsewhere = secretBox(formatKey('k2', randomBytes(32)));
    const { organizationId } = principal;
    const fields = { organizationId, providerId: 'openai', secret: 'elsewhere', baseUrl };
    await insertCredential(rows, elsewhere, fields);
    await insert(principal, 'here');
    expect(await first.secretsFor(principal)).toEqual(['here']);
  });
});
