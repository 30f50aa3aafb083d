import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { insertToken } from '../support/admin.js';
import type { AdminClient } from '../support/admin-caller.js';
import { all } from './stage/all.js';
import { samplesOf } from './samples/index.js';
import { footprintsOf } from './stage/footprint.js';
import { valueAt, valuesOf, withValueAt } from './stage/gaps.js';
import { pathOf, requestOf, send, sendRaw, type SweepAnswer } from './stage/request.js';
import type { Sample } from './stage/sample.js';
import { startStage, type SweepStage } from './stage/stage.js';
import type { Field, Route } from './stage/surface.js';
import { makeThings, type Things } from './stage/things.js';
import { WRONG_IDS, wrongQueryTexts, wrongValues } from './stage/wrong-values.js';

/** Thousands of requests. */
jest.setTimeout(180_000);

let stage: SweepStage;
let things: Things;
let bootstrap: AdminClient;
let routes: readonly Route[];
let footprint: Awaited<ReturnType<typeof footprintsOf>>;
let before: Record<string, unknown>;

/** The routes of calls have such a sweep of their own, in test/e2e. */
beforeAll(async () => {
  stage = await startStage();
  things = await makeThings(stage);
  routes = stage.routes.filter(({ path }) => path.startsWith('/admin/'));
  bootstrap = stage.as((await insertToken(stage.rows, { kind: 'bootstrap' })).token);
  footprint = await footprintsOf(stage.rows);
  before = await footprint(things.organization.id);
});
afterAll(async () => {
  // None of it was taken.
  expect(await footprint(things.organization.id)).toEqual(before);
  await stage.close();
});

const clientFor = ({ access }: Route): AdminClient =>
  access.access === 'bootstrap' ? bootstrap : stage.operator;

/** Whether an answer says that a field is wrong, or something at it. */
function names({ verdict, param }: SweepAnswer, field: string): boolean {
  const path = param?.replaceAll(/\[(\d+)\]/g, '.$1') ?? '';
  return (
    verdict === '400 invalid_parameter' && (param === field || `${path}.`.startsWith(`${field}.`))
  );
}

const short = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 60);

/** The sample that has the field, and otherwise the first. */
function sampleWith(field: Field, samples: readonly [Sample, ...Sample[]]): Sample {
  return samples.find(({ body }) => valueAt(body, field.path) !== undefined) ?? samples[0];
}

type Task = () => Promise<readonly string[]>;

/** Fields of queries that may come several times. */
const LISTS: ReadonlySet<string> = new Set(['tag']);

function faultOf(what: string, answer: SweepAnswer, field: string): string[] {
  if (names(answer, field)) return [];
  return [`${what.slice(0, 200)}: ${answer.verdict}, naming ${String(answer.param)}`];
}

/** Sends a body with another value in a field; what is wrong with the answer. */
async function tryBody(
  route: Route,
  sample: Sample,
  path: string,
  value: unknown,
): Promise<string[]> {
  const request = requestOf(route, sample, things);
  const body = withValueAt(sample.body ?? {}, path, value);
  const answer = await send(clientFor(route), { ...request, body });
  return faultOf(`${route.name} ${path} = ${short(value)}`, answer, path);
}

/** All that is wrong in a field of a body. */
function bodyTasks(route: Route, field: Field): Task[] {
  const samples = samplesOf(route.name, things);
  const sample = sampleWith(field, samples);
  const [right] = valuesOf(field, samples, things);
  const isAlone = field.path.includes('.') && valueAt(sample.body, field.path) === undefined;
  const missing = field.isRequired && !isAlone ? [undefined] : [];
  return [...wrongValues(right), ...missing].map(
    (value) => () => tryBody(route, sample, field.path, value),
  );
}

/** All that is wrong in a field of a query: its texts, two of them, and a NUL. */
function queryTasks(route: Route, field: Field): Task[] {
  const [sample] = samplesOf(route.name, things);
  const [right = ''] = valuesOf(field, [sample], things) as string[];
  const request = requestOf(route, sample, things);
  const others = Object.entries(request.query).filter(([name]) => name !== field.path);
  const pathWith = (text: string): string =>
    pathOf({ ...request, query: { ...Object.fromEntries(others), [field.path]: text } });
  const twice = `${pathWith(right)}&${field.path}=${encodeURIComponent(right)}`;
  const paths = [
    ...wrongQueryTexts(right).map(pathWith),
    ...(LISTS.has(field.path) ? [] : [twice]),
  ];
  const ask = (path: string) => sendRaw(clientFor(route), route.method, path, sample.body);
  const tasks = paths.map(
    (path): Task =>
      async () =>
        faultOf(path, await ask(path), field.path),
  );
  const nul = `${pathWith(right)}%00`;
  return [
    ...tasks,
    async () =>
      (await ask(nul)).verdict === '400 invalid_parameter' ? [] : [`${route.name}: ${nul}`],
  ];
}

const fieldsOf = (place: Field['place']): [Route, Field][] =>
  routes.flatMap((route) =>
    route.fields
      .filter((field) => field.place === place)
      .map((field): [Route, Field] => [route, field]),
  );

const routesWith = (place: Field['place']): Route[] =>
  routes.filter(({ fields }) => fields.some((field) => field.place === place));

describe('every field of every body', () => {
  it('is refused by its name where its value is none', async () => {
    const tasks = fieldsOf('body').flatMap(([route, field]) => bodyTasks(route, field));
    expect(tasks.length).toBeGreaterThan(500);
    expect(await all(tasks)).toEqual([]);
  });

  it('is known: every other one is refused by its name, also one that JavaScript has in every object', async () => {
    const tasks = routesWith('body').flatMap((route) => {
      const [sample] = samplesOf(route.name, things);
      return ['unknown_field', 'constructor', 'toString', ''].map(
        (name) => () => tryBody(route, sample, name, 1),
      );
    });
    expect(await all(tasks)).toEqual([]);
  });
});

describe('every field of every query', () => {
  it('is refused by its name where its value is none, or where it comes twice', async () => {
    const tasks = fieldsOf('query').flatMap(([route, field]) => queryTasks(route, field));
    expect(tasks.length).toBeGreaterThan(200);
    expect(await all(tasks)).toEqual([]);
  });

  it('is known: every other one is refused by its name', async () => {
    const tasks = routesWith('query').flatMap((route) => {
      const [sample] = samplesOf(route.name, things);
      const request = requestOf(route, sample, things);
      return ['unknown_field', 'limit[]', 'constructor'].map((name): Task => async () => {
        const query = { ...request.query, [name]: '1' };
        return faultOf(route.name, await send(clientFor(route), { ...request, query }), name);
      });
    });
    expect(await all(tasks)).toEqual([]);
  });
});

describe('every id of every path', () => {
  it('that is none is refused or not found, never an error of ours', async () => {
    const tasks = routes.flatMap((route) => {
      const [sample] = samplesOf(route.name, things);
      const request = requestOf(route, sample, things);
      // Nothing is deleted here, should a wrong id be a right one.
      const method = route.method === 'DELETE' ? 'GET' : route.method;
      return route.params.flatMap((param) =>
        WRONG_IDS.map((id): Task => async () => {
          const path = pathOf({ ...request, params: { ...request.params, [param]: id } });
          const { status, verdict } = await sendRaw(stage.operator, method, path, sample.body);
          const isRight = status >= 400 && status < 500 && !verdict.endsWith('without_envelope');
          return isRight ? [] : [`${route.name} :${param} = ${short(id)}: ${verdict}`];
        }),
      );
    });
    expect(tasks.length).toBeGreaterThan(500);
    expect(await all(tasks)).toEqual([]);
  });
});
