import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppModule } from '../../src/app.module.js';
import { readEnvironment } from '../../src/platform/read-environment.js';
import { PrismaService } from '../../src/platform/prisma.service.js';
import { formatKey } from '../../src/platform/secrets/key-ring.js';
import { SealedRowsService } from '../../src/platform/secrets/sealed-rows.service.js';
import {
  SecretRotationService,
  type RotatedTable,
} from '../../src/platform/secrets/secret-rotation.service.js';
import { CatalogueService } from '../../src/providers/index.js';
import { startAdminApi, type AdminApi } from '../support/admin.js';
import { callChat, makeCallingTenant } from '../support/calling-tenant.js';
import { insertCredential, secretBox } from '../support/credential-rows.js';
import { startKeyProvider, type KeyProvider } from '../support/key-provider.js';
import { insertModel } from '../support/offer-rows.js';

const oldKey = formatKey('k1', randomBytes(32));
const newKey = formatKey('k2', randomBytes(32));
const [oldBox, newBox] = [secretBox(oldKey), secretBox(newKey)];
const secret = 'sk-rotated-5d1f0a7be9c2-4836';

let api: AdminApi;
let provider: KeyProvider;
let prisma: PrismaService;

beforeAll(async () => {
  provider = await startKeyProvider();
  provider.keys.set(secret, 'good');
  api = await startAdminApi({
    modules: [AppModule],
    environment: {
      ALLOW_PRIVATE_UPSTREAMS: 'true',
      KEY_ENCRYPTION_KEYS: `${newKey},${oldKey}`,
    },
  });
  prisma = new PrismaService(readEnvironment({ DATABASE_URL: api.databaseUrl }));
  await insertModel(api.rows, 'm-1', ['openai']);
  await api.app.get(CatalogueService).reload();
});
afterAll(async () => {
  await prisma.onApplicationShutdown();
  await api.close();
  await provider.close();
});
beforeEach(async () => {
  for (const table of ['provider_credential', 'request_body', 'idempotency_record'])
    await api.rows.query(`DELETE FROM ${table}`);
});

/** What `npm run rotate-keys` does, with these keys. */
function rotate(keys: string): Promise<readonly RotatedTable[]> {
  return new SecretRotationService(new SealedRowsService(prisma), secretBox(keys)).rotate();
}

const insert = (organizationId: string, box = oldBox): Promise<string> =>
  insertCredential(api.rows, box, {
    organizationId,
    providerId: 'openai',
    secret,
    baseUrl: provider.url,
  });

async function insertBody(callId: string, organizationId: string): Promise<void> {
  const sealed = oldBox.seal('a prompt', ['request_body', callId, organizationId]);
  await api.rows.query(
    `INSERT INTO request_body (call_id, organization_id, key_id, wrapped_key, ciphertext, started_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, now(), now() + interval '1 day')`,
    [
      ...[callId, organizationId, sealed.keyId],
      ...[Buffer.from(sealed.wrappedKey), Buffer.from(sealed.ciphertext)],
    ],
  );
}

const count = (tables: readonly RotatedTable[]): Record<string, number> =>
  Object.fromEntries(tables.map(({ table, rewrapped }) => [table, rewrapped]));

describe('a rotation', () => {
  it('wraps every data key with the current key, and leaves the secrets as they are', async () => {
    const { organizationId } = await makeCallingTenant(api.rows, 'api-keys');
    const id = await insert(organizationId);
    await insertBody('tx_osm_1', organizationId);
    const before = await api.rows.query('SELECT ciphertext FROM provider_credential');
    const rotated = await rotate(`${newKey},${oldKey}`);
    expect(count(rotated)).toMatchObject({ provider_credential: 1, request_body: 1 });
    expect(rotated.flatMap(({ left }) => left)).toEqual([]);
    const [row] = await api.rows.query(
      `SELECT key_id AS "keyId", wrapped_key AS "wrappedKey", ciphertext FROM provider_credential`,
    );
    expect([row?.['ciphertext'], row?.['keyId']]).toEqual([before[0]?.['ciphertext'], 'k2']);
    const context = ['provider_credential', id, organizationId, new URL(provider.url).origin];
    expect(newBox.open(row as never, context).toString()).toBe(secret);
    const [body] = await api.rows.query(
      `SELECT key_id AS "keyId", wrapped_key AS "wrappedKey", ciphertext FROM request_body`,
    );
    const place = ['request_body', 'tx_osm_1', organizationId];
    expect(newBox.open(body as never, place).toString()).toBe('a prompt');
  });

  it('reaches the answers that are kept for repeated admin writes', async () => {
    const headers = { 'idempotency-key': 'rotated' };
    const body = { name: 'A token' };
    const first = await api.operator.post('/admin/v1/tokens', body, headers);
    expect(count(await rotate(`${oldKey},${newKey}`))).toMatchObject({ idempotency_record: 1 });
    const [row] = await api.rows.query(`SELECT answer->>'keyId' AS id FROM idempotency_record`);
    expect(row).toEqual({ id: 'k1' });
    const again = await api.operator.post('/admin/v1/tokens', body, headers);
    expect([again.body, again.headers.get('idempotency-replayed')]).toEqual([first.body, 'true']);
  });

  it('may be run again: then there is nothing to do', async () => {
    const { organizationId } = await makeCallingTenant(api.rows, 'api-keys');
    for (let n = 0; n < 1_100; n++) await insertBody(`tx_osm_${n}`, organizationId);
    expect(count(await rotate(`${newKey},${oldKey}`))['request_body']).toBe(1_100);
    expect(count(await rotate(`${newKey},${oldKey}`))['request_body']).toBe(0);
  });

  it('tells what is left where a key is missing, and does the rest', async () => {
    const { organizationId } = await makeCallingTenant(api.rows, 'api-keys');
    await insert(organizationId);
    const strange = secretBox(formatKey('k0', randomBytes(32)));
    await insert(organizationId, strange);
    await insert(organizationId, strange);
    const rotated = await rotate(`${newKey},${oldKey}`);
    expect(rotated.find(({ table }) => table === 'provider_credential')).toEqual({
      table: 'provider_credential',
      rewrapped: 1,
      left: [{ keyId: 'k0', rows: 2 }],
    });
  });

  it('leaves a row alone that was changed since it looked', async () => {
    const { organizationId } = await makeCallingTenant(api.rows, 'api-keys');
    await insert(organizationId);
    const [table] = new SealedRowsService(prisma).tables;
    const rowsSeen = (await table?.page('k2', undefined, 10)) ?? [];
    expect(rowsSeen).toHaveLength(1);
    const fresh = oldBox.seal('another secret', []);
    const fields = [Buffer.from(fresh.wrappedKey), Buffer.from(fresh.ciphertext)];
    await api.rows.query(
      'UPDATE provider_credential SET wrapped_key = $1, ciphertext = $2',
      fields,
    );
    const anew = rowsSeen.map((row) => ({ ...row, newWrappedKey: 'AAAA' }));
    expect(await table?.replace('k2', anew)).toBe(0);
    const [row] = await api.rows.query('SELECT key_id, wrapped_key FROM provider_credential');
    expect(row).toEqual({ key_id: 'k1', wrapped_key: fields[0] });
  });

  it('breaks no call that runs meanwhile: of organizations in memory, of new ones, and of changed ones', async () => {
    const tenants = [];
    for (let n = 0; n < 60; n++) {
      const tenant = await makeCallingTenant(api.rows, 'api-keys');
      const id = await insert(tenant.organizationId);
      tenants.push({
        ...tenant,
        path: `/admin/v1/organizations/${tenant.organizationId}/credentials/${id}`,
      });
    }
    const call = async (key: string): Promise<number> =>
      (await callChat(api.url, key, { model: 'm-1' })).status;
    const warm = tenants.slice(0, 20);
    for (const { key } of warm) expect(await call(key)).toBe(200);
    const rotation = Promise.all([rotate(`${newKey},${oldKey}`), rotate(`${newKey},${oldKey}`)]);
    const statuses: number[] = [];
    for (const [index, { key, path }] of tenants.entries()) {
      const changed = index % 5 === 0 ? api.operator.patch(path, { priority: 1 }) : undefined;
      statuses.push(...(await Promise.all([call(key), call(warm[index % 20]?.key ?? '')])));
      if (changed) expect((await changed).status).toBe(200);
      statuses.push(await call(key));
    }
    const [first, second] = await rotation;
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    const done = [first, second].map((tables) => count(tables ?? [])['provider_credential'] ?? 0);
    expect(done.reduce((sum, rows) => sum + rows)).toBe(60);
    const left = await api.rows.query(`SELECT id FROM provider_credential WHERE key_id <> 'k2'`);
    expect(left).toEqual([]);
  }, 60_000);
});
