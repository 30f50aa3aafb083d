import type { IncomingHttpHeaders } from 'node:http';
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
import { Logger, type ExecutionContext } from '@nestjs/common';
import type { QueryConfig } from 'pg';
import { GatewayError } from '../../src/core/errors.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { NotificationService } from '../../src/platform/notification.service.js';
import { AdminTokenService } from '../../src/tenants/admin/admin-token.service.js';
import { AdminGuard } from '../../src/tenants/admin/admin.guard.js';
import { ApiKeyGuard, principalOf } from '../../src/tenants/keys/api-key.guard.js';
import { ApiKeyService } from '../../src/tenants/keys/api-key.service.js';
import { createKey, type NewKey } from '../../src/tenants/keys/key-format.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { connect, makeTenant, until, type Rows } from '../support/tenant.js';

/** A process that reads keys. */
interface Gateway {
  readonly keys: ApiKeyService;
  readonly tokens: AdminTokenService;
  /** How often a key was read. */
  reads: number;
  /** What happens between a reading and its answer. */
  onRead: () => Promise<void>;
  close(): Promise<void>;
}

let database: TestDatabase;
let rows: Rows;
let gateways: Gateway[];
let tenant = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connect(database.url);
});
afterAll(async () => {
  await rows.close();
  await database.drop();
});
beforeEach(async () => {
  jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  gateways = await Promise.all([makeGateway(), makeGateway()]);
  await makeTenant(rows, String(++tenant));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(gateways.map((gateway) => gateway.close()));
});

async function makeGateway(): Promise<Gateway> {
  const environment = Object.assign(new Environment(), { DATABASE_URL: database.appUrl });
  const { pool } = new DatabaseService(environment);
  const notifications = new NotificationService(environment);
  const watched = {
    pool: {
      query: async (config: QueryConfig) => {
        gateway.reads++;
        const answer = await pool.query(config);
        await gateway.onRead();
        return answer;
      },
    },
  } as unknown as DatabaseService;
  const gateway: Gateway = {
    keys: new ApiKeyService(watched, notifications),
    tokens: new AdminTokenService(watched),
    reads: 0,
    onRead: () => Promise.resolve(),
    close: async () => {
      await notifications.onApplicationShutdown();
      await pool.end();
    },
  };
  await gateway.keys.onModuleInit();
  return gateway;
}

/** The first of the two. */
function first(): Gateway {
  const [gateway] = gateways;
  if (!gateway) throw new Error('no gateway');
  return gateway;
}

async function makeKey(more: { status?: string; expiresAt?: Date } = {}): Promise<NewKey> {
  const key = createKey('osm_');
  await rows.query(
    `INSERT INTO api_key (id, organization_id, project_id, name, hash, prefix, status, expires_at)
     VALUES ($1, $2, $3, 'k', $4, $5, $6, $7)`,
    [
      `key_${key.prefix}`,
      `org_${tenant}`,
      `prj_${tenant}`,
      key.hash,
      key.prefix,
      more.status ?? 'active',
      more.expiresAt ?? null,
    ],
  );
  return key;
}

/** `ok`, or the code of the refusal. */
async function verdict(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'ok';
  } catch (error) {
    if (error instanceof GatewayError) return `${error.status} ${error.code}`;
    throw error;
  }
}

const verdicts = (key: string | undefined) =>
  Promise.all(gateways.map(({ keys }) => verdict(() => keys.authenticate(key))));

describe('an API key', () => {
  it('is read once, then known from memory', async () => {
    await rows.query(`UPDATE organization SET plan_multiplier = 1.05 WHERE id = $1`, [
      `org_${tenant}`,
    ]);
    const { key, prefix } = await makeKey();
    const gateway = first();
    const together = await Promise.all([
      gateway.keys.authenticate(key),
      gateway.keys.authenticate(key),
    ]);
    expect(together[0]).toEqual({
      organizationId: `org_${tenant}`,
      projectId: `prj_${tenant}`,
      apiKeyId: `key_${prefix}`,
      projectMode: 'credits',
      planMultiplier: { millionths: 1_050_000n },
    });
    const later = gateway.keys.authenticate(key);
    expect(later).not.toBeInstanceOf(Promise);
    expect(later).toBe(together[1]);
    expect(gateway.reads).toBe(1);
  });

  it('that nobody has is not told apart from one that is mistyped', async () => {
    const unknown = createKey('osm_').key;
    const typo = `${unknown.slice(0, -1)}${unknown.endsWith('0') ? '1' : '0'}`;
    const messages = await Promise.all(
      [unknown, typo, 'x'].map((key) =>
        Promise.resolve()
          .then(() => first().keys.authenticate(key))
          .catch((error: unknown) => String(error)),
      ),
    );
    expect(new Set(messages).size).toBe(1);
    expect(await verdicts(undefined)).toEqual(Array(2).fill('401 invalid_api_key'));
  });

  it('a mistyped one does not reach Postgres', async () => {
    const gateway = first();
    expect(await verdict(() => gateway.keys.authenticate(`osm_${'0'.repeat(46)}`))).toBe(
      '401 invalid_api_key',
    );
    expect(gateway.reads).toBe(0);
  });

  it.each([
    ['revoked', '401 invalid_api_key'],
    ['disabled', '403 key_disabled'],
  ])('that is %s is refused by every process at once', async (status, refusal) => {
    const { key, hash } = await makeKey();
    expect(await verdicts(key)).toEqual(['ok', 'ok']);
    await rows.query('UPDATE api_key SET status = $1 WHERE hash = $2', [status, hash]);
    await until(async () => (await verdicts(key)).every((told) => told === refusal), refusal);
    await rows.query(`UPDATE api_key SET status = 'active' WHERE hash = $1`, [hash]);
    await until(async () => (await verdicts(key)).every((told) => told === 'ok'), 'coming back');
  });

  it('that is deleted is refused', async () => {
    const { key, hash } = await makeKey();
    expect(await verdicts(key)).toEqual(['ok', 'ok']);
    await rows.query('DELETE FROM api_key WHERE hash = $1', [hash]);
    await until(async () => (await verdicts(key)).every((told) => told === '401 invalid_api_key'));
  });

  it('expires by itself, from memory too', async () => {
    const { key } = await makeKey({ expiresAt: new Date(Date.now() + 300) });
    expect(await verdicts(key)).toEqual(['ok', 'ok']);
    await until(async () => (await verdicts(key)).every((told) => told === '403 key_expired'));
  });

  it('of an organization that is disabled is disabled', async () => {
    await rows.query(`UPDATE organization SET status = 'disabled' WHERE id = $1`, [
      `org_${tenant}`,
    ]);
    const { key } = await makeKey();
    expect(await verdicts(key)).toEqual(Array(2).fill('403 key_disabled'));
  });

  it('that changes while it is read is not remembered as it was', async () => {
    const { key, hash } = await makeKey();
    const gateway = first();
    // The answer is on its way while the change is made and told.
    gateway.onRead = async () => {
      gateway.onRead = () => Promise.resolve();
      await rows.query(`UPDATE api_key SET status = 'revoked' WHERE hash = $1`, [hash]);
      await new Promise((resolve) => setTimeout(resolve, 100));
    };
    await gateway.keys.authenticate(key);
    expect(await verdict(() => gateway.keys.authenticate(key))).toBe('401 invalid_api_key');
  });

  it('cannot be judged while Postgres is away', async () => {
    const { key } = await makeKey();
    const gateway = first();
    gateway.onRead = () => Promise.reject(new Error('gone'));
    expect(await verdict(() => gateway.keys.authenticate(key))).toBe('503 ledger_unavailable');
    gateway.onRead = () => Promise.resolve();
    expect(await verdict(() => gateway.keys.authenticate(key))).toBe('ok');
  });
});

describe('the guards', () => {
  const contextOf = (headers: IncomingHttpHeaders) => {
    const request = { headers };
    const context = { switchToHttp: () => ({ getRequest: () => request }) };
    return { request, context: context as unknown as ExecutionContext };
  };

  it('decide the same whatever header carries the key', async () => {
    const gateway = first();
    const guard = new ApiKeyGuard(gateway.keys);
    const cases: [string, string][] = [
      [(await makeKey()).key, 'ok'],
      [(await makeKey({ status: 'disabled' })).key, '403 key_disabled'],
      [(await makeKey({ status: 'revoked' })).key, '401 invalid_api_key'],
      [(await makeKey({ expiresAt: new Date(0) })).key, '403 key_expired'],
      [createKey('osm_').key, '401 invalid_api_key'],
      [createKey('osmadm_').key, '401 invalid_api_key'],
      ['', '401 invalid_api_key'],
    ];
    for (const [key, expected] of cases) {
      const carriers = [
        { authorization: `Bearer ${key}` },
        { 'x-api-key': key },
        { 'api-key': key },
      ];
      const told = await Promise.all(
        carriers.map((headers) => verdict(() => guard.canActivate(contextOf(headers).context))),
      );
      expect(told).toEqual(Array(3).fill(expected));
    }
  });

  it('hand the principal to the route, and to no other request', async () => {
    const gateway = first();
    const { key } = await makeKey();
    const { request, context } = contextOf({ authorization: `Bearer ${key}` });
    await new ApiKeyGuard(gateway.keys).canActivate(context);
    expect(principalOf(request).organizationId).toBe(`org_${tenant}`);
    expect(() => principalOf({ ...request })).toThrow('ApiKeyGuard');
  });

  it('admin tokens open the admin API alone, until they are revoked', async () => {
    const gateway = first();
    const guard = new AdminGuard(gateway.tokens);
    const judge = (key: string) =>
      verdict(() => guard.canActivate(contextOf({ 'x-api-key': key }).context));
    const { key, hash, prefix } = createKey('osmadm_');
    expect(await judge(key)).toBe('401 invalid_api_key');
    await rows.query(`INSERT INTO admin_token (id, name, hash, prefix) VALUES ($1, 't', $2, $3)`, [
      `adm_${prefix}`,
      hash,
      prefix,
    ]);
    expect(await judge(key)).toBe('ok');
    expect(await judge((await makeKey()).key)).toBe('401 invalid_api_key');
    await rows.query('UPDATE admin_token SET revoked_at = now() WHERE hash = $1', [hash]);
    expect(await judge(key)).toBe('401 invalid_api_key');
  });
});
