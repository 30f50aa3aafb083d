import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** The databases that `npm test` makes once and every spec copies: with tables only, and seeded as well. */
const templates = { empty: 'osm_template', seeded: 'osm_template_seeded' } as const;

export interface TestDatabase {
  /** Connection string of the owner of the tables. */
  url: string;
  /** Connection string of the role the gateway uses; the owner's where there is only one role. */
  appUrl: string;
  /** Removes the database and ends whoever is still connected. */
  drop(): Promise<void>;
}

/**
 * Creates a migrated database for one spec file, empty unless it is to be a seeded one. Takes about 50 ms.
 *
 * @throws Error when the spec was not started by `npm test`, which provides Postgres
 */
export async function createTestDatabase(
  content: keyof typeof templates = 'empty',
): Promise<TestDatabase> {
  const server = process.env['TEST_DATABASE_URL'];
  if (!server) throw new Error('TEST_DATABASE_URL is not set: run the tests with `npm test`');
  const name = `osm_test_${randomUUID().replaceAll('-', '')}`;
  await execute(server, `CREATE DATABASE ${name} TEMPLATE ${templates[content]}`);
  // Rights on the database itself are not copied with the template: the job queue makes its schema.
  const appRole = process.env['TEST_APP_ROLE'];
  if (appRole) await execute(server, `GRANT CREATE ON DATABASE ${name} TO ${appRole}`);
  return {
    url: named(server, name),
    appUrl: named(process.env['TEST_APP_DATABASE_URL'] ?? server, name),
    drop: () => execute(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function execute(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function named(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.toString();
}
