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
import { createKey } from '../../src/tenants/keys/key-format.js';
import { KeyStage } from '../support/key-stage.js';
import { makeTenant, until } from '../support/tenant.js';

let stage: KeyStage;

beforeAll(async () => {
  stage = await KeyStage.start();
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());
afterEach(() => stage.end());

const both = (verdict: string) => [verdict, verdict];

describe('an API key', () => {
  it('is read once, then known from memory', async () => {
    await stage.change(
      `UPDATE organization SET plan_multiplier = 1.05 WHERE id = $1`,
      `org_${stage.tenant}`,
    );
    const { key, id } = await stage.makeKey();
    await stage.first.invalidation.settled();
    const together = await Promise.all([
      stage.first.keys.authenticate(key),
      stage.first.keys.authenticate(key),
    ]);
    expect(together[0]).toMatchObject({
      organizationId: `org_${stage.tenant}`,
      projectId: `prj_${stage.tenant}`,
      memberId: null,
      apiKeyId: id,
      keyChain: [id],
      mayCreateKeys: false,
      projectMode: 'credits',
      planMultiplier: { millionths: 1_050_000n },
    });
    const later = stage.first.keys.authenticate(key);
    expect(later).not.toBeInstanceOf(Promise);
    expect(later).toBe(together[1]);
    expect(stage.first.reads).toBe(1);
  });

  it('knows its member and the keys that made it, nearest first', async () => {
    await stage.rows.query(
      `INSERT INTO member (id, organization_id, email, name, role) VALUES ($1, $2, 'a@b', 'A', 'developer')`,
      [`mem_${stage.tenant}`, `org_${stage.tenant}`],
    );
    const grandparent = await stage.makeKey({ mayCreateKeys: true });
    const parent = await stage.makeKey({ parentId: grandparent.id, mayCreateKeys: true });
    const child = await stage.makeKey({
      parentId: parent.id,
      memberId: `mem_${stage.tenant}`,
      mayCreateKeys: true,
    });
    expect(await stage.first.keys.authenticate(child.key)).toMatchObject({
      memberId: `mem_${stage.tenant}`,
      keyChain: [child.id, parent.id, grandparent.id],
      mayCreateKeys: true,
    });
    await stage.change('UPDATE api_key SET may_create_keys = false WHERE id = $1', grandparent.id);
    expect(await stage.first.keys.authenticate(child.key)).toMatchObject({ mayCreateKeys: false });
  });

  it('that nobody has is not told apart from one that is mistyped or was revoked', async () => {
    const unknown = createKey('osm_').key;
    const typo = `${unknown.slice(0, -1)}${unknown.endsWith('0') ? '1' : '0'}`;
    const revoked = await stage.makeKey({ status: 'revoked' });
    const messages = await Promise.all(
      [unknown, typo, revoked.key, 'x'].map((key) =>
        Promise.resolve()
          .then(() => stage.first.keys.authenticate(key))
          .catch((error: unknown) => String(error)),
      ),
    );
    expect(new Set(messages).size).toBe(1);
    expect(await stage.verdicts(undefined)).toEqual(both('401 invalid_api_key'));
  });

  it('a mistyped one does not reach Postgres', async () => {
    expect(await stage.first.verdict(`osm_${'0'.repeat(46)}`)).toBe('401 invalid_api_key');
    expect(stage.first.reads).toBe(0);
  });

  it.each([
    ['revoked', `UPDATE api_key SET status = 'revoked' WHERE id = $1`, '401 invalid_api_key'],
    ['disabled', `UPDATE api_key SET status = 'disabled' WHERE id = $1`, '403 key_disabled'],
    ['deleted', 'DELETE FROM api_key WHERE id = $1', '401 invalid_api_key'],
  ])('that is %s is refused by every process from the answer on', async (_, sql, refusal) => {
    const { key, id } = await stage.makeKey();
    expect(await stage.verdicts(key)).toEqual(both('ok'));
    await stage.change(sql, id);
    expect(await stage.verdicts(key)).toEqual(both(refusal));
  });

  it.each([
    ['organization', 'suspended', '403 key_disabled'],
    ['organization', 'deleted', '401 invalid_api_key'],
    ['project', 'archived', '403 key_disabled'],
    ['member', 'removed', '403 key_disabled'],
  ])('whose %s is %s is refused until that changes', async (table, status, refusal) => {
    const id = { organization: `org_${stage.tenant}`, project: `prj_${stage.tenant}` }[table];
    const sql = {
      organization: 'UPDATE organization SET status = $1 WHERE id = $2',
      project: 'UPDATE project SET status = $1 WHERE id = $2',
      member: 'UPDATE member SET status = $1 WHERE id = $2',
    }[table];
    await stage.rows.query(
      `INSERT INTO member (id, organization_id, email, name, role) VALUES ($1, $2, 'a@b', 'A', 'viewer')`,
      [`mem_${stage.tenant}`, `org_${stage.tenant}`],
    );
    const { key } = await stage.makeKey({ memberId: `mem_${stage.tenant}` });
    expect(await stage.verdicts(key)).toEqual(both('ok'));
    await stage.change(String(sql), status, id ?? `mem_${stage.tenant}`);
    expect(await stage.verdicts(key)).toEqual(both(refusal));
    await stage.change(String(sql), 'active', id ?? `mem_${stage.tenant}`);
    expect(await stage.verdicts(key)).toEqual(both('ok'));
  });

  it.each([
    ['disabled', `UPDATE api_key SET status = 'disabled' WHERE id = $1`],
    ['revoked', `UPDATE api_key SET status = 'revoked' WHERE id = $1`],
    ['expired', `UPDATE api_key SET expires_at = now() - interval '1 second' WHERE id = $1`],
  ])('is refused when a key that made it is %s, however far above', async (_, sql) => {
    const grandparent = await stage.makeKey();
    const parent = await stage.makeKey({ parentId: grandparent.id });
    const child = await stage.makeKey({ parentId: parent.id });
    const stranger = await stage.makeKey();
    expect(await stage.verdicts(child.key)).toEqual(both('ok'));
    await stage.change(sql, grandparent.id);
    expect(await stage.verdicts(parent.key)).toEqual(both('403 key_disabled'));
    expect(await stage.verdicts(child.key)).toEqual(both('403 key_disabled'));
    expect(await stage.verdicts(stranger.key)).toEqual(both('ok'));
  });

  it('expires by itself, from memory too, and with it what it made', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000);
    const parent = await stage.makeKey({ expiresAt });
    const child = await stage.makeKey({ parentId: parent.id });
    expect(await stage.verdicts(parent.key)).toEqual(both('ok'));
    expect(await stage.verdicts(child.key)).toEqual(both('ok'));
    const reads = stage.first.reads;
    const clock = jest.spyOn(Date, 'now').mockReturnValue(expiresAt.getTime());
    const later = [await stage.first.verdict(parent.key), await stage.first.verdict(child.key)];
    clock.mockRestore();
    expect(later).toEqual(['403 key_expired', '403 key_disabled']);
    expect(stage.first.reads).toBe(reads);
  });

  it('a change of one organization leaves the keys of another in memory', async () => {
    const { key } = await stage.makeKey();
    expect(await stage.first.verdict(key)).toBe('ok');
    await makeTenant(stage.rows, `${stage.tenant}x`);
    await stage.change(`UPDATE organization SET name = 'Y' WHERE id = $1`, `org_${stage.tenant}x`);
    const reads = stage.first.reads;
    expect(await stage.first.verdict(key)).toBe('ok');
    expect(stage.first.reads).toBe(reads);
  });

  it('that changes while it is read is not remembered as it was', async () => {
    const { key, id } = await stage.makeKey();
    // The answer is on its way while the change is made and told.
    stage.first.onRead = async () => {
      stage.first.onRead = () => Promise.resolve();
      await stage.change(`UPDATE api_key SET status = 'revoked' WHERE id = $1`, id);
      // Who comes after that does not wait for what was read before it.
      expect(await stage.first.verdict(key)).toBe('401 invalid_api_key');
    };
    await stage.first.keys.authenticate(key);
    expect(await stage.first.verdict(key)).toBe('401 invalid_api_key');
    expect.assertions(2);
  });

  it('is looked at again after a minute', async () => {
    const { key } = await stage.makeKey();
    expect(await stage.first.verdict(key)).toBe('ok');
    const { reads } = stage.first;
    const now = performance.now.bind(performance);
    let later = 59_000;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now() + later);
    // Heartbeats in step with the clock.
    await until(() => stage.first.invalidation.isCurrent(performance.now()));
    expect(await stage.first.verdict(key)).toBe('ok');
    expect(stage.first.reads).toBe(reads);
    later = 61_000;
    expect(await stage.first.verdict(key)).toBe('ok');
    expect(stage.first.reads).toBe(reads + 1);
    clock.mockRestore();
  });
});
