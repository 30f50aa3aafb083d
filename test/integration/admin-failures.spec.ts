import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { HttpModule } from '../../src/platform/http/http.module.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { ApiKeyGuard, TenantsModule } from '../../src/tenants/index.js';
import { createKey, type KeyKind } from '../../src/tenants/keys/key-format.js';
import { startAdminApi, type AdminApi } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';

/** A route that takes API keys. */
@Controller('v1/echo')
@UseGuards(ApiKeyGuard)
class EchoController {
  @Get()
  echo(): object {
    return { ok: true };
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

const allowed = 20;
const wrong = '401 invalid_api_key';
const stopped = '429 rate_limit_exceeded';

let api: AdminApi;
let apiKey: string;
beforeAll(async () => {
  api = await startAdminApi({ modules: [PlatformModule, HttpModule, TenantsModule, EchoModule] });
  const { id, projectId } = await api.makeOrganization();
  const { key, hash, prefix } = createKey('osm_');
  await api.rows.query(
    `INSERT INTO api_key (id, organization_id, project_id, name, hash, prefix)
     VALUES ('key_1', $1, $2, 'k', $3, $4)`,
    [id, projectId, hash, prefix],
  );
  apiKey = key;
});
afterAll(() => api.close());

let networks = 0;
/** An IPv4 address that nobody used yet. */
const newAddress = (): string => `203.0.113.${++networks}`;

const ask = (path: string, token: string | undefined, address: string) =>
  api.as(token).get(path, { 'x-forwarded-for': address });

/** The verdicts on as many wrong keys as are allowed, each another one. */
async function exhaust(path: string, kind: KeyKind, address: () => string): Promise<string[]> {
  const verdicts: string[] = [];
  for (let at = 0; at < allowed; at++)
    verdicts.push(verdictOf(await ask(path, createKey(kind).key, address())));
  return verdicts;
}

describe.each([
  ['osm_', '/v1/echo'],
  ['osmadm_', '/admin/v1/me'],
] as const)('who tries %s keys', (kind, path) => {
  const good = (): string => (kind === 'osm_' ? apiKey : api.operatorToken);

  it('is stopped after twenty wrong ones from an address', async () => {
    const address = newAddress();
    expect(await exhaust(path, kind, () => address)).toEqual(Array(allowed).fill(wrong));
    const answer = await ask(path, createKey(kind).key, address);
    expect(verdictOf(answer)).toBe(stopped);
    const seconds = Number(answer.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(verdictOf(await ask(path, 'malformed', address))).toBe(stopped);
    // And nobody else is.
    expect(verdictOf(await ask(path, createKey(kind).key, newAddress()))).toBe(wrong);
  });

  it('is stopped in the whole /64 of an IPv6 address, and in no other', async () => {
    let host = 0;
    await exhaust(path, kind, () => `2001:db8:${kind.length}::${++host}`);
    const key = createKey(kind).key;
    expect(verdictOf(await ask(path, key, `2001:db8:${kind.length}::ffff`))).toBe(stopped);
    expect(verdictOf(await ask(path, key, `2001:db8:${kind.length}:1::1`))).toBe(wrong);
  });

  it('is stopped after twenty of one prefix, wherever they come from', async () => {
    const start = createKey(kind).key.slice(0, kind.length + 11);
    const guess = (): string => `${start}${createKey(kind).key.slice(start.length)}`;
    for (let at = 0; at < allowed; at++)
      expect(verdictOf(await ask(path, guess(), newAddress()))).toBe(wrong);
    expect(verdictOf(await ask(path, guess(), newAddress()))).toBe(stopped);
  });

  it('never stops who has a good one, at the same address or with the same prefix', async () => {
    const address = newAddress();
    await exhaust(path, kind, () => address);
    const near = good().slice(0, -7);
    for (let at = 0; at <= allowed; at++) await ask(path, `${near}${at}`, newAddress());
    expect(verdictOf(await ask(path, createKey(kind).key, address))).toBe(stopped);
    expect(verdictOf(await ask(path, `${near}x`, newAddress()))).toBe(stopped);
    for (let at = 0; at <= allowed; at++)
      expect((await ask(path, good(), address)).status).toBe(200);
  });

  it('is not counted for good keys, nor for none at all', async () => {
    const address = newAddress();
    for (let at = 0; at <= allowed; at++) {
      expect((await ask(path, good(), address)).status).toBe(200);
      expect(verdictOf(await ask(path, undefined, address))).toBe(wrong);
    }
    expect(verdictOf(await ask(path, createKey(kind).key, address))).toBe(wrong);
  });
});

describe('an address', () => {
  it('is the same whether it tries keys or tokens', async () => {
    const address = newAddress();
    await exhaust('/v1/echo', 'osm_', () => address);
    expect(verdictOf(await ask('/admin/v1/me', createKey('osmadm_').key, address))).toBe(stopped);
  });
});
