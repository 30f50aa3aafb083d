import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { AdminClient } from '../support/admin-caller.js';
import { queryValue } from './samples/queries.js';
import { samplesOf } from './samples/index.js';
import { foreignRequests, nobodysFor, theirsFor, type ForeignRequest } from './stage/foreign.js';
import { footprintsOf } from './stage/footprint.js';
import { requestOf, send, type SweepAnswer, type SweepRequest } from './stage/request.js';
import { startStage, type SweepStage } from './stage/stage.js';
import type { Route } from './stage/surface.js';
import { makeThings, type Things } from './stage/things.js';

/** Thousands of requests. */
jest.setTimeout(180_000);

let stage: SweepStage;
let ours: Things;
let theirs: Things;
let footprint: Awaited<ReturnType<typeof footprintsOf>>;

/** The second wall is down: what is tried here is that every query names the organization. */
beforeAll(async () => {
  stage = await startStage({ rowSecurity: false });
  ours = await makeThings(stage);
  theirs = await makeThings(stage);
  footprint = await footprintsOf(stage.rows);
});
afterAll(() => stage.close());

/** Right requests to a route, one more for every field of its query. */
function requestsTo(route: Route): SweepRequest[] {
  const requests = samplesOf(route.name, ours).map((sample) => requestOf(route, sample, ours));
  const [first] = requests;
  if (!first) return [];
  const filtered = route.fields
    .filter(({ place }) => place === 'query')
    .flatMap((field) => {
      const value = queryValue(field, ours);
      return value === undefined
        ? []
        : [{ ...first, query: { ...first.query, [field.path]: value } }];
    });
  return [...requests, ...filtered];
}

/** An answer without the id that was asked for and the cursor: what is left tells nothing about whether that exists. */
function withoutIds({ verdict, text }: SweepAnswer): string {
  return `${verdict} ${text.replaceAll(/[a-z]+_[0-9A-Z]{26}(_\d)?/g, '…')}`;
}

/** What is wrong with the answers to foreign ids, and with what became of the other organization. */
async function faultsOf(
  client: AdminClient,
  swaps: Readonly<Record<'theirs' | 'nobodys', readonly ForeignRequest[]>>,
): Promise<string[]> {
  const faults: string[] = [];
  for (const [at, { what, place, request }] of swaps.theirs.entries()) {
    const nobodys = swaps.nobodys[at]?.request ?? request;
    const answer = await send(client, request);
    const asked = `${request.route.name}, ${what}`;
    const isRight =
      answer.verdict === '404 resource_not_found' ||
      (place === 'query' && answer.status === 200) ||
      // Said of everything that is not the key's own, whether or not it is there.
      (place === 'body' && client.token?.startsWith('osm_') && answer.status === 403);
    if (!isRight) faults.push(`${asked}: ${answer.verdict} ${answer.text.slice(0, 200)}`);
    // That an organization exists is no secret to operators.
    if (client === stage.operator && what === 'path :organization_id') continue;
    const unknown = await send(client, nobodys);
    if (withoutIds(answer) !== withoutIds(unknown))
      faults.push(`${asked}: ${answer.text} where an unknown id gets ${unknown.text}`);
  }
  return faults;
}

/** Sends every route foreign ids in every place, as somebody whom it lets in. */
async function sweep(
  client: AdminClient,
  isLetIn: (route: Route) => boolean,
  isOperator: boolean,
): Promise<string[]> {
  const before = await footprint(theirs.ids['organization_id'] ?? '');
  const faults: string[] = [];
  for (const route of stage.routes.filter(
    (each) => each.path.startsWith('/admin/') && isLetIn(each),
  )) {
    for (const request of requestsTo(route)) {
      const swapped = (swap: (text: string) => string | undefined): ForeignRequest[] =>
        foreignRequests(request, swap, isOperator);
      faults.push(
        ...(await faultsOf(client, {
          theirs: swapped(theirsFor(ours, theirs)),
          nobodys: swapped(nobodysFor(ours)),
        })),
      );
    }
    const after = await footprint(theirs.ids['organization_id'] ?? '');
    const changed = Object.keys(after).filter((table) => after[table] !== before[table]);
    if (changed.length > 0)
      return [...faults, `${route.name} changed ${changed.join(', ')} of the other organization`];
  }
  return faults;
}

describe('ids of another organization', () => {
  it('do not exist for an owner, in any place of any route, and nothing of it changes', async () => {
    const faults = await sweep(
      ours.organization.as('owner'),
      ({ access, path }) =>
        path.endsWith('/rules/explain') ||
        (access.access === 'organization' && access.roles.includes('owner')),
      false,
    );
    expect(faults).toEqual([]);
  });

  it('do not exist for an API key that may make keys', async () => {
    const faults = await sweep(
      stage.as(ours.makerKey),
      ({ access }) => access.access === 'organization' && access.keys === true,
      false,
    );
    expect(faults).toEqual([]);
  });

  it('do not exist for an operator within an organization either', async () => {
    const faults = await sweep(
      stage.operator,
      ({ access }) => access.access === 'organization',
      true,
    );
    expect(faults).toEqual([]);
  });

  it('would be found if they were ours', async () => {
    const [route] = stage.routes.filter(({ name }) =>
      name.endsWith('GET /admin/v1/organizations/:organization_id/keys/:key_id'),
    );
    if (!route) throw new Error('no such route');
    const answer = await send(ours.organization.as('owner'), requestOf(route, {}, ours));
    expect(answer.status).toBe(200);
  });
});
