import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { tenantTables } from '../support/tenant-rows.js';
import { connect, type Rows } from '../support/tenant.js';
import { footprintsOf, ownerOf } from './stage/footprint.js';
import { startStage, type SweepStage } from './stage/stage.js';
import { makeThings, type Things } from './stage/things.js';

jest.setTimeout(60_000);

let stage: SweepStage;
let ours: Things;
let theirs: Things;
let tables: readonly string[];
/** The gateway's own role, which may see our organization. */
let app: Rows;

beforeAll(async () => {
  stage = await startStage();
  ours = await makeThings(stage);
  theirs = await makeThings(stage);
  tables = await tenantTables(stage.rows);
  app = connect(`${stage.api.databaseUrl}?options=-c%20osm.organization%3D${ours.organization.id}`);
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

const count = async (rows: Rows, sql: string, values: readonly string[] = []): Promise<number> =>
  (await rows.query(sql, values)).length;

/** Rows that a statement touched, or `refused` where the role may not. */
async function touched(sql: string, id: string): Promise<number | 'refused'> {
  return count(app, sql, [id]).catch((error: unknown) => {
    if ((error as { code?: string }).code === '42501') return 'refused';
    throw error;
  });
}

describe('by raw SQL in the gateway’s own role', () => {
  it('the rows of another organization are in no table, while ours and theirs are there', async () => {
    const found: unknown[] = [];
    for (const table of tables) {
      const sql = `SELECT FROM ${table} WHERE ${ownerOf(table)} = $1`;
      const all = await count(stage.rows, sql, [theirs.organization.id]);
      const seen = [
        await count(app, sql, [ours.organization.id]),
        await count(app, sql, [theirs.organization.id]),
      ];
      found.push([table, ...seen, all > 0]);
      expect([table, seen[1]]).toEqual([table, 0]);
    }
    const filled = found.filter((entry) => (entry as unknown[])[3] === true);
    // Every table that the things of a tenant fill; one for tags and one for lost answers are empty.
    expect(filled.length).toBeGreaterThanOrEqual(tables.length - 3);
  });

  it('none of their rows can be changed, moved to us, or deleted', async () => {
    const footprint = await footprintsOf(stage.rows);
    const before = await footprint(theirs.organization.id);
    for (const table of tables) {
      const whose = `WHERE ${ownerOf(table)} = $1 RETURNING 1`;
      const column = table === 'posting' ? 'account' : ownerOf(table);
      for (const sql of [
        `UPDATE ${table} SET ${column} = ${column} ${whose}`,
        `DELETE FROM ${table} ${whose}`,
      ])
        expect([0, 'refused']).toContain(await touched(sql, theirs.organization.id));
    }
    expect(await footprint(theirs.organization.id)).toEqual(before);
  });

  it('none of their ids leads anywhere', async () => {
    const { ids } = theirs;
    const places = await stage.rows.query(
      `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
       WHERE table_schema = 'public' AND data_type = 'text' AND table_name = ANY ($1)`,
      [tables],
    );
    expect(places.length).toBeGreaterThan(50);
    for (const { table, column } of places) {
      const sql = `SELECT FROM ${String(table)} WHERE "${String(column)}" = ANY ($1)`;
      const { length } = await app.query(sql, [Object.values(ids)]);
      expect([table, column, length]).toEqual([table, column, 0]);
    }
  });
});
