import { randomInt } from 'node:crypto';
import type { AdminClient } from '../../support/admin-caller.js';
import { newKey } from '../../support/money-api.js';
import { queryValue } from '../samples/queries.js';
import type { Sample } from './sample.js';
import type { Route } from './surface.js';
import type { Things } from './things.js';

/** A request to a route with everything that it names. */
export interface SweepRequest {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: object | undefined;
}

/** Right values of path parameters that are no ids. */
export const PARAMETERS: Readonly<Record<string, string>> = { month: '2026-01' };

const OF_TENANT = '/admin/v1/organizations/:organization_id';

/** What a sample asks of a route about these things. */
export function requestOf(route: Route, sample: Sample, things: Things): SweepRequest {
  const isOfTenant = route.path.startsWith(OF_TENANT);
  const ids = { ...PARAMETERS, ...things.ids, ...(isOfTenant ? {} : things.platformIds) };
  const params = Object.fromEntries(route.params.map((name) => [name, ids[name] ?? 'unknown']));
  const required = route.fields
    .filter(({ place, isRequired }) => place === 'query' && isRequired)
    .map((field) => [field.path, queryValue(field, things) ?? ''] as const);
  const query = { ...Object.fromEntries(required), ...sample.query };
  return { route, params, query, body: sample.body };
}

/** The path of a request with its query. */
export function pathOf({ route, params, query }: SweepRequest): string {
  const path = route.path.replaceAll(/[:*](\w+)/g, (_, name: string) => params[name] ?? '');
  const search = new URLSearchParams(query).toString();
  return search === '' ? path : `${path}?${search}`;
}

/** What a route answered, whatever it was made of. */
export interface SweepAnswer {
  readonly status: number;
  /** `200`, or status and code of an error. */
  readonly verdict: string;
  /** The field that an error names. */
  readonly param: string | null;
  readonly text: string;
}

/** Sends it; every write has an Idempotency-Key of its own. */
export function send(client: AdminClient, request: SweepRequest): Promise<SweepAnswer> {
  const { method } = request.route;
  const headers = method === 'GET' ? undefined : newKey();
  return sendRaw(client, method, pathOf(request), request.body, headers);
}

/** Sends anything, from another address each time, so that no limit by address is met by chance. */
export async function sendRaw(
  { url, token }: AdminClient,
  method: string,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<SweepAnswer> {
  const response = await fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      'x-forwarded-for': `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return answerOf(response.status, await response.text());
}

function answerOf(status: number, text: string): SweepAnswer {
  if (status < 400) return { status, verdict: String(status), param: null, text };
  const error = /^\{"error":/.test(text)
    ? (JSON.parse(text) as { error: { code: string; param: string | null } }).error
    : { code: 'without_envelope', param: null };
  return { status, verdict: `${status} ${error.code}`, param: error.param, text };
}

const ORDER = ['GET', 'PATCH', 'POST', 'DELETE'];

/**
 * Routes in an order in which each finds what the others leave: reading first; what is within a thing goes before the
 * thing, and the organization last.
 */
export function walkOrder(routes: readonly Route[]): Route[] {
  const rank = ({ method, path, params }: Route): number => {
    const isEnd = method === 'DELETE' && path === OF_TENANT;
    return ORDER.indexOf(method) * 10 - params.length + (isEnd ? 10 : 0);
  };
  return routes.toSorted((one, other) => rank(one) - rank(other));
}
