import type { Field } from '../stage/surface.js';
import type { Things } from '../stage/things.js';

/** Right values of the fields of queries that no list and no thing gives, by name. */
const VALUES: Readonly<Record<string, string>> = {
  limit: '2',
  since: '2026-01-01T00:00:00Z',
  until: '2099-01-01T00:00:00Z',
  from: '2026-01-01',
  to: '2026-01-31',
  action: 'api_key.create',
  model: 'gpt-4o',
  provider: 'openai',
  provider_id: 'openai',
  status: '200',
  error_code: 'upstream_timeout',
  tag: 'team:a',
  min_cost: '0.01',
  max_cost: '1.5',
  source: 'example.com',
  session_id: 'session-1',
  group_by: 'day',
  time_zone: 'Europe/Berlin',
};

/** Under which name a thing stands in a query where that is not its own. */
const THINGS: Readonly<Record<string, string>> = {
  api_key_id: 'key_id',
  scope_id: 'key_id',
  target_id: 'key_id',
  actor_id: 'token_id',
  id: 'request_id',
};

/** A right value of a query's field; undefined where nobody said one. */
export function queryValue({ path, choices }: Field, { ids }: Things): string | undefined {
  const [choice] = choices ?? [];
  return ids[THINGS[path] ?? path] ?? (typeof choice === 'string' ? choice : VALUES[path]);
}

/** Only the list itself gives these. */
export const NOT_SAMPLED: ReadonlySet<string> = new Set(['cursor']);
