import { describe, expect, it } from '@jest/globals';
import { PLATFORM, PUBLIC, type RouteAccess } from './route-access.js';
import { differences } from './route-differences.js';

const table = { 'GET /a': PUBLIC, 'GET /b': PLATFORM };
const guard = (access: RouteAccess): unknown => (access === PLATFORM ? 'guard' : undefined);
const guarded = { route: 'GET /b', guards: ['other', 'guard'] };
const compare = (routed: string[], declared = [guarded]) =>
  differences(table, routed, declared, guard);

describe('differences', () => {
  it('are none where both are the same', () => {
    expect(compare(['GET /a', 'GET /b', 'GET /b'])).toEqual([]);
  });

  it.each([
    ['GET /c', 'GET /c is not in the table'],
    ['POST /a', 'POST /a is not in the table'],
    ['GET /A', 'GET /A is not in the table'],
    ['constructor', 'constructor is not in the table'],
  ])('name the route %s that the table does not know', (route, line) => {
    expect(compare(['GET /a', 'GET /b', route])).toEqual([`  ${line}`]);
  });

  it('name a route of the table that is not there', () => {
    expect(compare(['GET /b'])).toEqual(['  GET /a is in the table, but there is no such route']);
  });

  it.each([
    ['another guard', [{ route: 'GET /b', guards: ['other'] }]],
    ['no guard in one of two places', [guarded, { route: 'GET /b', guards: [] }]],
    ['no declaration', []],
  ])('name a route with %s', (_name, declared) => {
    const lines = differences(
      { ...table, 'GET /b': PLATFORM },
      ['GET /a', 'GET /b'],
      declared,
      guard,
    );
    expect(lines).toEqual(['  GET /b has no guard for "platform"']);
  });
});
