import { runCommand } from '../command.mjs';
import { migrate } from '../migrate.mjs';
import { prismaEnvironment } from '../project.mjs';
import { startTemporaryPostgres } from '../temporary-postgres.mjs';

const differs = 2;

/**
 * Whether the migrations, applied to an empty database, make what the schema says.
 *
 * @param {AbortSignal} signal
 * @returns {Promise<{ok: boolean, output: string}>}
 */
export async function checkDrift(signal) {
  const postgres = await startTemporaryPostgres({ signal });
  try {
    await migrate(postgres.ownerUrl, { log: () => {} });
    const { status, output } = await runCommand(
      process.execPath,
      [
        'node_modules/prisma/build/index.js',
        ...['migrate', 'diff', '--from-config-datasource', '--to-schema', 'prisma/schema'],
        '--exit-code',
      ],
      { env: { ...prismaEnvironment, DATABASE_URL: postgres.ownerUrl }, signal },
    );
    const advice = 'The schema and the migrations differ: add a migration.\n';
    return { ok: status === 0, output: status === differs ? advice + output : output };
  } finally {
    await postgres.stop();
  }
}
