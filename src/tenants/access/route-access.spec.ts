import { describe, expect, it } from '@jest/globals';
import { ROLES, type AdminActor } from '../../core/admin.js';
import {
  ACTOR,
  API_KEY,
  BOOTSTRAP,
  members,
  membersAndKeys,
  METRICS,
  PLATFORM,
  PUBLIC,
  verdictOn,
} from './route-access.js';

const operator: AdminActor = { kind: 'operator', id: 'adm_1' };
const owner: AdminActor = {
  kind: 'member',
  id: 'adm_2',
  organizationId: 'org_1',
  memberId: 'mem_1',
  role: 'owner',
};
const viewer: AdminActor = { ...owner, role: 'viewer' };
const key: AdminActor = {
  kind: 'api_key',
  id: 'key_1',
  organizationId: 'org_1',
  projectId: 'prj_1',
};
const owners = members(['owner']);
const ownersAndKeys = membersAndKeys(['owner']);

describe('verdictOn', () => {
  it.each([
    ['an operator anywhere', owners, operator, 'org_1', 'allowed'],
    ['an operator on the platform', PLATFORM, operator, undefined, 'allowed'],
    ['an owner on the platform', PLATFORM, owner, undefined, 'forbidden'],
    ['a key on the platform', PLATFORM, key, undefined, 'forbidden'],
    ['an owner at home', owners, owner, 'org_1', 'allowed'],
    ['an owner elsewhere', owners, owner, 'org_2', 'hidden'],
    ['an owner nowhere', owners, owner, undefined, 'hidden'],
    ['a viewer at home', owners, viewer, 'org_1', 'forbidden'],
    // Whether the role would do is nobody's business in another organization.
    ['a viewer elsewhere', owners, viewer, 'org_2', 'hidden'],
    ['a key at home', owners, key, 'org_1', 'forbidden'],
    ['a key at home where keys may', ownersAndKeys, key, 'org_1', 'allowed'],
    ['a key elsewhere where keys may', ownersAndKeys, key, 'org_2', 'hidden'],
    ['an owner where keys may', ownersAndKeys, owner, 'org_1', 'allowed'],
    ['a key asking who it is', ACTOR, key, undefined, 'allowed'],
  ] as const)('%s', (_name, route, actor, organizationId, verdict) => {
    expect(verdictOn(route, actor, organizationId)).toBe(verdict);
  });

  it('never lets an actor of the admin API into another part by itself', () => {
    for (const route of [PUBLIC, METRICS, API_KEY, BOOTSTRAP])
      for (const actor of [operator, owner, key])
        expect(verdictOn(route, actor, 'org_1')).toBe('forbidden');
  });

  it('lets in the roles of a route and no other', () => {
    for (const allowed of ROLES)
      for (const role of ROLES)
        expect(verdictOn(members([allowed]), { ...owner, role }, 'org_1')).toBe(
          role === allowed ? 'allowed' : 'forbidden',
        );
  });
});
