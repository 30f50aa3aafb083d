import type { Sample, Samples } from '../stage/sample.js';

const ORGANIZATION = '/admin/v1/organizations/:organization_id';
const LATER = '2099-01-01T00:00:00Z';

/** What makes keys, members and what else has a name. */
const PEOPLE = ['operator', 'owner', 'admin', 'developer'] as const;

/** Sent to /v1, where what is asked of is only whether the door opens. */
const EMPTY_CALL: readonly Sample[] = [{ body: {}, status: 400 }];

/** Organizations, projects, members, tokens and keys. */
export const TENANT_SAMPLES: Samples = {
  'POST /admin/v1/bootstrap': () => [{ body: { name: 'First' }, status: 409 }],
  'POST /admin/v1/organizations': ({ mark }) => [
    { body: { name: 'New', owner: { email: `${mark}@example.com`, name: 'Owner' } } },
  ],
  'POST /admin/v1/tokens': () => [{ body: { name: 'New', expires_at: LATER } }],
  [`PATCH ${ORGANIZATION}`]: () => [
    { body: { name: 'Changed', retention: 'full', body_days: 20, log_days: 300 } },
    { body: { status: 'active', plan_multiplier: '1.5' }, callers: ['operator'] },
  ],
  [`POST ${ORGANIZATION}/projects`]: () => [{ body: { name: 'New', mode: 'credits' } }],
  [`PATCH ${ORGANIZATION}/projects/:project_id`]: () => [
    { body: { name: 'Changed', mode: 'credits', status: 'active' } },
  ],
  [`POST ${ORGANIZATION}/members`]: ({ mark }) => [
    { body: { email: `${mark}@example.com`, name: 'New', role: 'viewer' } },
  ],
  [`PATCH ${ORGANIZATION}/members/:member_id`]: () => [
    { body: { name: 'Changed', role: 'viewer' } },
  ],
  [`POST ${ORGANIZATION}/members/:member_id/tokens`]: () => [
    { body: { name: 'New', expires_at: LATER } },
  ],
  [`POST ${ORGANIZATION}/keys`]: ({ ids }) => [
    {
      body: {
        name: 'New',
        project_id: ids['project_id'],
        expires_at: LATER,
        may_create_keys: false,
      },
    },
    {
      body: { name: 'New', project_id: ids['project_id'], member_id: ids['member_id'] },
      callers: PEOPLE,
    },
  ],
  [`PATCH ${ORGANIZATION}/keys/:key_id`]: () => [
    { body: { name: 'Changed', status: 'active', expires_at: LATER, may_create_keys: false } },
  ],
  [`POST ${ORGANIZATION}/keys/:key_id/rotate`]: () => [{ body: { overlap_seconds: 60 } }],
  'POST /v1/chat/completions': () => EMPTY_CALL,
  'GET /v1/models/*id': () => [{ status: 404 }],
};
