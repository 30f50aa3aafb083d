import { existsSync } from 'node:fs';
import path from 'node:path';

/** Absolute path of the checkout. */
export const root = path.resolve(import.meta.dirname, '..');

/**
 * Environment for Prisma's commands. They use the engine in `schema-engine.mjs` instead of
 * downloading a native one, so that they work the same with and without a network.
 */
export const prismaEnvironment = {
  CHECKPOINT_DISABLE: '1',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
  PRISMA_SCHEMA_ENGINE_BINARY: path.join(root, 'scripts/schema-engine.mjs'),
};

/** Reads `.env` of the checkout, where there is one; what is already set stays. */
export function loadDotEnv() {
  const file = path.join(root, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
}

/**
 * An error whose message is meant for the person at the terminal: it says what is wrong and what to
 * do next, and is printed without a stack.
 */
export class Advice extends Error {}

/** Prints an error for the terminal: advice as it is, everything else with its stack. */
export function explain(error) {
  if (error instanceof Advice) console.error(`\n${error.message}\n`);
  else if (isMistyped(error))
    console.error(
      `\n${error.message.split('. ')[0]}. The options stand at the top of scripts/${path.basename(process.argv[1])}.\n`,
    );
  else console.error(error);
}

/** Of the command line: an option that there is not, or one without its value. */
function isMistyped({ code }) {
  return typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS');
}
