import pg from 'pg';

/** Name of the role the gateway itself uses in an embedded cluster. */
export const appRole = 'osm_app';

/**
 * Makes sure that the database and the application role exist. The role may log in and connect,
 * nothing else: what it may do with the tables is granted after the migrations.
 *
 * @param {string} adminUrl superuser, database `postgres`
 * @param {{database: string, appPassword: string}} wanted
 */
export async function ensureDatabase(adminUrl, { database, appPassword }) {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1) AS database,
              EXISTS (SELECT FROM pg_roles WHERE rolname = $2) AS role`,
      [database, appRole],
    );
    const name = client.escapeIdentifier(database);
    if (!rows[0].role) {
      const password = client.escapeLiteral(appPassword);
      await client.query(
        `CREATE ROLE ${appRole} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${password}`,
      );
    }
    if (!rows[0].database) await client.query(`CREATE DATABASE ${name}`);
  } finally {
    await client.end();
  }
}
