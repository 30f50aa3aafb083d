import { NOT_SAMPLED, queryValue } from '../samples/queries.js';
import { SAMPLED, samplesOf } from '../samples/index.js';
import { PARAMETERS } from './request.js';
import type { Sample } from './sample.js';
import type { Field, Route } from './surface.js';
import type { Things } from './things.js';

/** Fields with names like ids that name nothing of ours. */
const FOREIGN_IDS: ReadonlySet<string> = new Set(['provider_id', 'external_id', 'session_id']);

/** What the sweeps lack to try every route and field: a line each, which says what to add. */
export function gapsOf(routes: readonly Route[], things: Things): string[] {
  const known = new Set(routes.map(({ name }) => name));
  const stale = SAMPLED.filter((name) => !known.has(name)).map(
    (name) => `${name} is in test/sweep/samples, but there is no such route`,
  );
  return [...stale, ...routes.flatMap((route) => gapsOfRoute(route, things))];
}

function gapsOfRoute(route: Route, things: Things): string[] {
  const { name, params } = route;
  if (!route.path.startsWith('/admin/')) return [];
  const lost = params
    .filter((param) => things.ids[param] === undefined && PARAMETERS[param] === undefined)
    .map(
      (param) =>
        `${name}: make a thing for :${param} in test/sweep/stage/things.ts (or, if it is no id, say a value in request.ts)`,
    );
  const samples = samplesOf(name, things);
  const fields = route.fields.flatMap((field) => {
    const values = valuesOf(field, samples, things);
    const what = `${name}: the field "${field.path}" of the ${field.place}`;
    if (values.length === 0)
      return NOT_SAMPLED.has(field.path)
        ? []
        : [`${what} has no sample: add one to test/sweep/samples`];
    const isId = /(^|[._])ids?$/.test(field.path) && !FOREIGN_IDS.has(field.path);
    const isOurs = values.some((value) => typeof value === 'string' && isIdOf(value, things));
    return isId && !isOurs
      ? [`${what} names none of the things of test/sweep/stage/things.ts`]
      : [];
  });
  return [...lost, ...fields];
}

function isIdOf(value: string, { ids, platformIds }: Things): boolean {
  return [...Object.values(ids), ...Object.values(platformIds)].includes(value);
}

/** The right values that samples have for a field. */
export function valuesOf(field: Field, samples: readonly Sample[], things: Things): unknown[] {
  if (field.place === 'query') {
    const given = samples.flatMap(({ query }) => query?.[field.path] ?? []);
    const value = queryValue(field, things);
    return value === undefined ? given : [...given, value];
  }
  return samples
    .map((sample) => sample.otherFields?.[field.path] ?? valueAt(sample.body, field.path))
    .filter((value) => value !== undefined);
}

/** What stands at a path such as `subject.models` or `lines.0.day`. */
export function valueAt(body: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => partsOf(value)[name], body);
}

/** The body with another value at a path; undefined takes the field away. */
export function withValueAt(body: object, path: string, value: unknown): object {
  const [name = '', ...below] = path.split('.');
  const inner = partsOf(body)[name];
  const next =
    below.length === 0 ? value : withValueAt(Object(inner ?? {}) as object, below.join('.'), value);
  if (Array.isArray(body)) return body.with(Number(name), next);
  return { ...body, [name]: next };
}

function partsOf(value: unknown): Readonly<Record<string, unknown>> {
  return (value ?? {}) as Readonly<Record<string, unknown>>;
}
