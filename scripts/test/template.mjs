import pg from 'pg';
import { migrate } from '../migrate.mjs';

/** The database that `createTemplate` makes. */
export const template = 'osm_template';

/**
 * Creates, anew, the migrated database that every spec copies.
 *
 * @param {string} url a role that may create databases
 * @param {string | undefined} appRole
 */
export async function createTemplate(url, appRole) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${template}`);
  } finally {
    await client.end();
  }
  const templateUrl = new URL(url);
  templateUrl.pathname = `/${template}`;
  await migrate(templateUrl.toString(), { appRole, log: () => {} });
}
