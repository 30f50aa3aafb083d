import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';

import { insertToken } from '../support/admin.js';
import type { AdminClient } from '../support/admin-caller.js';
import { all } from './stage/all.js';
import { samplesOf } from './samples/index.js';
import { footprintsOf } from './stage/footprint.js';
import { valueAt, withValueAt } from './stage/gaps.js';
import { requestOf, send } from './stage/request.js';
import type { Sample } from './stage/sample.js';
import { startStage, type SweepStage } from './stage/stage.js';
import type { Route } from './stage/surface.js';
import { makeThings, type Things } from './stage/things.js';

/** What others let a client set. */
const OTHERS = [
  ...[
    'role',
    'user_role',
    'orgId',
    'org_id',
    'organizationId',
    'balance',
    'isAdmin',
    'is_admin',
    'id',
    'object',
  ],
  ...[
    'allowed_routes',
    'scopes',
    'owner_id',
    'hash',
    'parentId',
    'mayCreateKeys',
    'createdAt',
    '_id',
    'where',
    'data',
  ],
];

/** Thousands of requests. */
jest.setTimeout(180_000);

let stage: SweepStage;
let things: Things;
let names: readonly string[];
beforeAll(async () => {
  stage = await startStage();
  things = await makeThings(stage);
  const columns = await stage.rows.query(
    `SELECT DISTINCT column_name AS name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1`,
  );
  names = [...new Set([...columns.map(({ name }) => String(name)), ...OTHERS])];
});
afterAll(() => stage.close());

/** Where a body may hold fields: at its top (``), and within those that are objects of ours. */
function levelsOf({ fields }: Route): Map<string, Set<string>> {
  const levels = new Map<string, Set<string>>();
  for (const { place, path } of fields) {
    if (place !== 'body') continue;
    const at = path.lastIndexOf('.') + 1;
    const level = levels.get(path.slice(0, at)) ?? new Set();
    levels.set(path.slice(0, at), level.add(path.slice(at)));
  }
  return levels;
}

/** One request for each name that is none of its level: right but for that. */
function tasksOf(route: Route, client: AdminClient): (() => Promise<readonly string[]>)[] {
  const samples = samplesOf(route.name, things);
  return [...levelsOf(route)].flatMap(([above, known]) => {
    const parent = above.slice(0, -1);
    const holds = ({ body }: Sample): boolean =>
      above === '' || valueAt(body, parent) !== undefined;
    const sample = samples.find(holds) ?? samples[0];
    const request = requestOf(route, sample, things);
    const unknown = names.filter((name) => !known.has(name)).map((name) => `${above}${name}`);
    return unknown.map((field) => async () => {
      const body = withValueAt(sample.body ?? {}, field, things.ids['organization_id']);
      const { verdict, param } = await send(client, { ...request, body });
      const named = param?.replaceAll(/\[(\d+)\]/g, '.$1');
      if (verdict === '400 invalid_parameter' && named === field) return [];
      return [`${route.name} ${field}: ${verdict}, naming ${String(param)}`];
    });
  });
}

it('every column of every table, and what others let be set, is refused in every body, and no row changes', async () => {
  expect(names.length).toBeGreaterThan(100);
  const footprint = await footprintsOf(stage.rows);
  const { token } = await insertToken(stage.rows, { kind: 'bootstrap' });
  const before = await footprint(things.organization.id);
  const tasks = stage.routes
    .filter(({ path }) => path.startsWith('/admin/'))
    .flatMap((route) => {
      const isFirst = route.access.access === 'bootstrap';
      return tasksOf(route, isFirst ? stage.as(token) : stage.operator);
    });
  expect(tasks.length).toBeGreaterThan(1_000);
  expect(await all(tasks)).toEqual([]);
  expect(await footprint(things.organization.id)).toEqual(before);
});
