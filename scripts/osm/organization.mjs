import { wrongUsage } from './failures.mjs';

/**
 * The organization of a command: the one that is named, else that of the token, else the only one there is.
 *
 * @throws {Failure} where there are none or several
 */
export async function organizationOf({ org }, env, connection) {
  const named = org ?? env.OSM_ORG;
  if (named) return named;
  const actor = await connection.send({ method: 'GET', path: '/admin/v1/me' });
  if (actor.organization_id) return actor.organization_id;
  const { data } = await connection.send({
    method: 'GET',
    path: '/admin/v1/organizations',
    query: [['limit', '2']],
  });
  if (data.length === 1) return data[0].id;
  throw wrongUsage(
    data.length === 0 ? 'There is no organization yet.' : 'There are several organizations.',
    data.length === 0
      ? 'Make one: `osm org create --name …`.'
      : 'Name one with --org or OSM_ORG; `osm org list` shows them.',
  );
}
