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
import { Logger } from '@nestjs/common';
import { createKey } from '../../src/tenants/keys/key-format.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  insertKey,
  startKeyProcess,
  type KeyOptions,
  type KeyProcess,
} from '../support/key-process.js';
import { connect, makeTenant, until, type Rows } from '../support/tenant.js';

let database: TestDatabase;
let rows: Rows;
let first: KeyProcess;
let second: KeyProcess;
let tenant = '0';

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connect(database.url);
  jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  [first, second] = await Promise.all([
    startKeyProcess(database.appUrl),
    startKeyProcess(database.appUrl),
  ]);
});
afterAll(async () => {
  await Promise.all([first.close(), second.close()]);
  await rows.close();
  await database.drop();
  jest.restoreAllMocks();
});
beforeEach(async () => {
  tenant = String(Number(tenant) + 1);
  await makeTenant(rows, tenant);
  first.reads = 0;
});
afterEach(() => {
  first.onRead = () => Promise.resolve();
});

const makeKey = (more: KeyOptions = {}) => insertKey(rows, tenant, more);
const verdicts = (key: string | undefined) =>
  Promise.all([first, second].map((process) => process.verdict(key)));
const both = (verdict: string) => [verdict, verdict];

/** Changes something behind the processes' backs and waits as the admin API does before it answers. */
async function change(sql: string, ...values: unknown[]): Promise<void> {
  await rows.query(sql, values);
  await first.invalidation.settled();
}

describe('an API key', () => {
  it('is read once, then known from memory', async () => {
    await change(`UPDATE organization SET plan_multiplier = 1.05 WHERE id = $1`, `org_${tenant}`);
    const { key, id } = await makeKey();
    await first.invalidation.settled();
    const together = await Promise.all([
      first.keys.authenticate(key),
      first.keys.authenticate(key),
    ]);
    expect(together[0]).toMatchObject({
      organizationId: `org_${tenant}`,
      projectId: `prj_${tenant}`,
      memberId: null,
      apiKeyId: id,
      keyChain: [id],
      mayCreateKeys: false,
      projectMode: 'credits',
      planMultiplier: { millionths: 1_050_000n },
    });
    const later = first.keys.authenticate(key);
    expect(later).not.toBeInstanceOf(Promise);
    expect(later).toBe(together[1]);
    expect(first.reads).toBe(1);
  });

  it('knows its member and the keys that made it, nearest first', async () => {
    await rows.query(
      `INSERT INTO member (id, organization_id, email, name, role) VALUES ($1, $2, 'a@b', 'A', 'developer')`,
      [`mem_${tenant}`, `org_${tenant}`],
    );
    const grandparent = await makeKey({ mayCreateKeys: true });
    const parent = await makeKey({ parentId: grandparent.id, mayCreateKeys: true });
    const child = await makeKey({
      parentId: parent.id,
      memberId: `mem_${tenant}`,
      mayCreateKeys: true,
    });
    expect(await first.keys.authenticate(child.key)).toMatchObject({
      memberId: `mem_${tenant}`,
      keyChain: [child.id, parent.id, grandparent.id],
      mayCreateKeys: true,
    });
    await change('UPDATE api_key SET may_create_keys = false WHERE id = $1', grandparent.id);
    expect(await first.keys.authenticate(child.key)).toMatchObject({ mayCreateKeys: false });
  });

  it('that nobody has is not told apart from one that is mistyped or was revoked', async () => {
    const unknown = createKey('osm_').key;
    const typo = `${unknown.slice(0, -1)}${unknown.endsWith('0') ? '1' : '0'}`;
    const revoked = await makeKey({ status: 'revoked' });
    const messages = await Promise.all(
      [unknown, typo, revoked.key, 'x'].map((key) =>
        Promise.resolve()
          .then(() => first.keys.authenticate(key))
          .catch((error: unknown) => String(error)),
      ),
    );
    expect(new Set(messages).size).toBe(1);
    expect(await verdicts(undefined)).toEqual(both('401 invalid_api_key'));
  });

  it('a mistyped one does not reach Postgres', async () => {
    expect(await first.verdict(`osm_${'0'.repeat(46)}`)).toBe('401 invalid_api_key');
    expect(first.reads).toBe(0);
  });

  it.each([
    ['revoked', `UPDATE api_key SET status = 'revoked' WHERE id = $1`, '401 invalid_api_key'],
    ['disabled', `UPDATE api_key SET status = 'disabled' WHERE id = $1`, '403 key_disabled'],
    ['deleted', 'DELETE FROM api_key WHERE id = $1', '401 invalid_api_key'],
  ])('that is %s is refused by every process from the answer on', async (_, sql, refusal) => {
    const { key, id } = await makeKey();
    expect(await verdicts(key)).toEqual(both('ok'));
    await change(sql, id);
    expect(await verdicts(key)).toEqual(both(refusal));
  });

  it.each([
    ['organization', 'suspended', '403 key_disabled'],
    ['organization', 'deleted', '401 invalid_api_key'],
    ['project', 'archived', '403 key_disabled'],
    ['member', 'removed', '403 key_disabled'],
  ])('whose %s is %s is refused until that changes', async (table, status, refusal) => {
    const id = { organization: `org_${tenant}`, project: `prj_${tenant}` }[table];
    const sql = {
      organization: 'UPDATE organization SET status = $1 WHERE id = $2',
      project: 'UPDATE project SET status = $1 WHERE id = $2',
      member: 'UPDATE member SET status = $1 WHERE id = $2',
    }[table];
    await rows.query(
      `INSERT INTO member (id, organization_id, email, name, role) VALUES ($1, $2, 'a@b', 'A', 'viewer')`,
      [`mem_${tenant}`, `org_${tenant}`],
    );
    const { key } = await makeKey({ memberId: `mem_${tenant}` });
    expect(await verdicts(key)).toEqual(both('ok'));
    await change(String(sql), status, id ?? `mem_${tenant}`);
    expect(await verdicts(key)).toEqual(both(refusal));
    await change(String(sql), 'active', id ?? `mem_${tenant}`);
    expect(await verdicts(key)).toEqual(both('ok'));
  });

  it.each([
    ['disabled', `UPDATE api_key SET status = 'disabled' WHERE id = $1`],
    ['revoked', `UPDATE api_key SET status = 'revoked' WHERE id = $1`],
    ['expired', `UPDATE api_key SET expires_at = now() - interval '1 second' WHERE id = $1`],
  ])('is refused when a key that made it is %s, however far above', async (_, sql) => {
    const grandparent = await makeKey();
    const parent = await makeKey({ parentId: grandparent.id });
    const child = await makeKey({ parentId: parent.id });
    const stranger = await makeKey();
    expect(await verdicts(child.key)).toEqual(both('ok'));
    await change(sql, grandparent.id);
    expect(await verdicts(parent.key)).toEqual(both('403 key_disabled'));
    expect(await verdicts(child.key)).toEqual(both('403 key_disabled'));
    expect(await verdicts(stranger.key)).toEqual(both('ok'));
  });

  it('expires by itself, from memory too, and with it what it made', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000);
    const parent = await makeKey({ expiresAt });
    const child = await makeKey({ parentId: parent.id });
    expect(await verdicts(parent.key)).toEqual(both('ok'));
    expect(await verdicts(child.key)).toEqual(both('ok'));
    const reads = first.reads;
    const clock = jest.spyOn(Date, 'now').mockReturnValue(expiresAt.getTime());
    const later = [await first.verdict(parent.key), await first.verdict(child.key)];
    clock.mockRestore();
    expect(later).toEqual(['403 key_expired', '403 key_disabled']);
    expect(first.reads).toBe(reads);
  });

  it('a change of one organization leaves the keys of another in memory', async () => {
    const { key } = await makeKey();
    expect(await first.verdict(key)).toBe('ok');
    await makeTenant(rows, `${tenant}x`);
    await change(`UPDATE organization SET name = 'Y' WHERE id = $1`, `org_${tenant}x`);
    const reads = first.reads;
    expect(await first.verdict(key)).toBe('ok');
    expect(first.reads).toBe(reads);
  });

  it('that changes while it is read is not remembered as it was', async () => {
    const { key, id } = await makeKey();
    // The answer is on its way while the change is made and told.
    first.onRead = async () => {
      first.onRead = () => Promise.resolve();
      await change(`UPDATE api_key SET status = 'revoked' WHERE id = $1`, id);
      // Who comes after that does not wait for what was read before it.
      expect(await first.verdict(key)).toBe('401 invalid_api_key');
    };
    await first.keys.authenticate(key);
    expect(await first.verdict(key)).toBe('401 invalid_api_key');
    expect.assertions(2);
  });

  it('is looked at again after a minute', async () => {
    const { key } = await makeKey();
    expect(await first.verdict(key)).toBe('ok');
    const { reads } = first;
    const now = performance.now.bind(performance);
    let later = 59_000;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now() + later);
    // Heartbeats in step with the clock.
    await until(() => first.invalidation.isCurrent(performance.now()));
    expect(await first.verdict(key)).toBe('ok');
    expect(first.reads).toBe(reads);
    later = 61_000;
    expect(await first.verdict(key)).toBe('ok');
    expect(first.reads).toBe(reads + 1);
    clock.mockRestore();
  });
});
