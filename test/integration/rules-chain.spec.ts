import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { StoredRule } from '../../src/core/rules/rule.js';
import { createKey } from '../../src/tenants/keys/key-format.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startKeyProcess, type KeyProcess } from '../support/key-process.js';
import { rights, rightsBy, stored, tree } from '../support/rule-trees.js';
import { connect, type Rows } from '../support/tenant.js';

const TREES = 150;
/** Each key made the next one; only the first is a member's. */
const KEYS = ['key_1', 'key_2', 'key_3'];

let database: TestDatabase;
let rows: Rows;
let process: KeyProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connect(database.url);
  process = await startKeyProcess(database.appUrl);
});
afterAll(async () => {
  await process.close();
  await rows.close();
  await database.drop();
});

/** Writes organization, project, member and keys with ids that end in `name`; gives the keys. */
async function insertTree(name: string, rules: readonly StoredRule[]): Promise<string[]> {
  const [org, prj, mem] = [`org_1${name}`, `prj_1${name}`, `mem_1${name}`];
  await rows.query('INSERT INTO organization (id, name) VALUES ($1, $1)', [org]);
  await rows.query('INSERT INTO project (id, organization_id, name) VALUES ($1, $2, $1)', [
    prj,
    org,
  ]);
  await rows.query(
    `INSERT INTO member (id, organization_id, email, name, role) VALUES ($1, $2, $1, $1, 'viewer')`,
    [mem, org],
  );
  const keys: string[] = [];
  for (const [at, id] of KEYS.entries()) {
    const { key, hash, prefix } = createKey('osm_');
    const parent = at === 0 ? null : `${KEYS[at - 1] ?? ''}${name}`;
    await rows.query(
      `INSERT INTO api_key (id, organization_id, project_id, member_id, parent_id, name, hash, prefix)
       VALUES ($1, $2, $3, $4, $5, 'test', $6, $7)`,
      [id + name, org, prj, at === 0 ? mem : null, parent, hash, prefix],
    );
    keys.push(key);
  }
  await rows.query(
    `INSERT INTO rule (id, organization_id, scope, scope_id, effect, kind, subject)
     SELECT id || $3, $2, scope, "scopeId" || $3, effect, kind, subject
     FROM json_to_recordset($1) AS r(id text, scope text, "scopeId" text, effect text, kind text, subject jsonb)`,
    [JSON.stringify(rules), org, name],
  );
  return keys;
}

describe('the rules that Postgres gives for a key', () => {
  it(`are those of everything above it, in ${TREES} random trees`, async () => {
    const trees = fc.sample(tree, { numRuns: TREES, seed: 20_26 });
    expect(trees.some((levels) => (levels[5]?.length ?? 0) > 0)).toBe(true);
    for (const [at, levels] of trees.entries()) {
      const keys = await insertTree(`_${at}`, stored(levels));
      for (const [depth, key] of keys.entries()) {
        const { rules } = await process.keys.authenticate(key);
        // Organization, project, member, and the keys down to this one.
        const above = stored(levels.slice(0, 3 + depth + 1));
        expect([at, depth, rightsBy(rules)]).toEqual([at, depth, rights(above)]);
      }
    }
  });

  it('are never those of another organization, whatever ids it used', async () => {
    const [key = ''] = await insertTree('_mine', []);
    await insertTree('_theirs', []);
    await rows.query(
      `INSERT INTO rule (id, organization_id, scope, scope_id, effect, kind, subject)
       VALUES ('rul_stray', 'org_1_theirs', 'api_key', 'key_1_mine', 'deny', 'model', '{"models": ["*"]}')`,
    );
    const { rules } = await process.keys.authenticate(key);
    expect(rules.levels).toEqual([]);
  });
});
