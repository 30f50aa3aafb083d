import pg from 'pg';

const unreachable = 'P1001';
const unknownDatabase = 'P1003';
const refused = 'P1014';

/**
 * The engine's commands about the database as a whole: `can-connect-to-database`, `create-database`,
 * `drop-database`. A failure is reported on standard error in the engine's own form.
 *
 * @returns {Promise<number>} exit status
 */
export async function runDatabaseCommand(command, url) {
  if (command === 'can-connect-to-database') {
    return attempt(url, 'SELECT 1', (error) =>
      error.code === '3D000' ? unknownDatabase : unreachable,
    );
  }
  const admin = new URL(url);
  const name = pg.escapeIdentifier(decodeURIComponent(admin.pathname.slice(1)));
  admin.pathname = '/postgres';
  const sql =
    command === 'drop-database' ? `DROP DATABASE IF EXISTS ${name}` : `CREATE DATABASE ${name}`;
  return attempt(admin.toString(), sql, () => refused);
}

async function attempt(connectionString, sql, codeFor) {
  const client = new pg.Client({ connectionString });
  try {
    await client.connect();
    await client.query(sql);
    return 0;
  } catch (error) {
    const fields = { error_code: codeFor(error), message: error.message };
    console.error(
      `\n${JSON.stringify({ level: 'ERROR', target: 'schema_engine::logger', fields })}`,
    );
    return 1;
  } finally {
    await client.end();
  }
}
