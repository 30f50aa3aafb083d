/** `npm run osm -- …`: the command line over the admin API. */
import { CommanderError } from 'commander';
import { Failure } from './osm/failures.mjs';
import { createProgram } from './osm/program.mjs';
import { readOperations } from './osm/specification.mjs';
import { loadDotEnv } from './project.mjs';

// A reader that has seen enough, such as head, is no failure.
process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  loadDotEnv();
  await createProgram(readOperations(), process.env).parseAsync();
} catch (error) {
  process.exitCode = tell(error);
}

/** Says what went wrong; gives the exit code. */
function tell(error) {
  // Commander has printed its own message already; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (!(error instanceof Failure)) throw error;
  console.error(`error: ${error.message}`);
  if (error.advice) console.error(error.advice);
  return error.exitCode;
}
