/** `npm test [-- word…]`: prepares what the tests need, runs them, counts them in the last line. */
import { prepare } from './install.mjs';
import { explain } from './project.mjs';
import { stopSignal } from './stop-requests.mjs';
import { needsBuild, select } from './test/selection.mjs';

const stopping = stopSignal();

try {
  process.exitCode = await test(process.argv.slice(2), stopping);
} catch (error) {
  if (!stopping.aborted) explain(error);
  printSummary({ passed: 0, failed: 1, skipped: 0 });
  process.exitCode = 1;
}

async function test(words, signal) {
  const { files, jestArguments } = select(words);
  const build = needsBuild(files);
  await prepare({ build, signal });
  const { status, summary } = await withDatabase({ seeded: build, signal }, (env) =>
    runSelected(jestArguments, env, signal),
  );
  const executed = summary.passed + summary.failed > 0;
  if (!executed)
    console.error(`No test was run${words.length > 0 ? ` for: ${words.join(' ')}` : ''}.`);
  if (signal.aborted) console.error('The run was interrupted.');
  printSummary(summary);
  return status === 0 && executed && summary.failed === 0 && !signal.aborted ? 0 : 1;
}

// What follows needs the installed packages, which a fresh checkout does not have until now.
async function runSelected(jestArguments, env, signal) {
  const { runJest } = await import('./test/jest.mjs');
  return runJest(jestArguments, { env, signal });
}

async function withDatabase({ seeded, signal }, work) {
  const given = process.env.TEST_DATABASE_URL;
  if (given) {
    const appUrl = process.env.TEST_APP_DATABASE_URL ?? given;
    const databases = { ownerUrl: given, appUrl, appRole: process.env.TEST_APP_ROLE };
    return work(await createTemplates(databases, { seeded, signal }));
  }
  const { startTemporaryPostgres } = await import('./temporary-postgres.mjs');
  const { appRole } = await import('./postgres/roles.mjs');
  const postgres = await startTemporaryPostgres({ signal });
  try {
    const { ownerUrl, appUrl } = postgres;
    return await work(await createTemplates({ ownerUrl, appUrl, appRole }, { seeded, signal }));
  } finally {
    await postgres.stop();
  }
}

/** What specs copy; gives what they have to know of it. */
async function createTemplates({ ownerUrl, appUrl, appRole }, { seeded, signal }) {
  const { createTemplate, template } = await import('./test/template.mjs');
  const { createSeededTemplate } = await import('./test/seeded-template.mjs');
  await createTemplate(ownerUrl, appRole);
  return {
    TEST_DATABASE_URL: ownerUrl,
    TEST_APP_DATABASE_URL: appUrl,
    ...(appRole && { TEST_APP_ROLE: appRole }),
    ...(seeded && (await createSeededTemplate({ template, ownerUrl, appUrl, signal }))),
  };
}

function printSummary({ passed, failed, skipped }) {
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
}
