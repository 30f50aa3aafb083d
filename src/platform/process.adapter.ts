import type { INestApplicationContext, LoggerService } from '@nestjs/common';
import { JsonLogger } from './logging/json-logger.service.js';

/** Whatever hangs: after this long a process that was told to stop is gone. */
const SHUTDOWN_MARGIN_MS = 2_000;
/** A process that is told to stop a second time, or while it still starts, is gone after so long. */
const HASTE_MS = 5_000;
/** Exit status by which a program says that starting it again is pointless (EX_CONFIG). */
const CONFIGURATION_ERROR = 78;
/** Exit status by which a program says that it wants to be started again (EX_TEMPFAIL). */
const TEMPORARY_FAILURE = 75;

let isStopping = false;
let isHasty = false;
let isFromWithin = false;
let hasteListeners: (() => void)[] = [];

/** Ends this process as SIGTERM does, in order, but with a status that tells that it did not want to. */
export function endProcess(): void {
  isFromWithin = true;
  process.exitCode = TEMPORARY_FAILURE;
  if (!isStopping) process.kill(process.pid, 'SIGTERM');
}

/** Whether this process was ended by `endProcess`. */
export function isEndedFromWithin(): boolean {
  return isFromWithin;
}

/** Calls `listener` once when this process, while it stops, is told so again; at once if it was. */
export function onHaste(listener: () => void): void {
  if (isHasty) listener();
  else hasteListeners.push(listener);
}

/** Five seconds are left. */
function makeHaste(): void {
  isHasty = true;
  setTimeout(() => process.exit(1), HASTE_MS).unref();
  const listeners = hasteListeners;
  hasteListeners = [];
  for (const listener of listeners) listener();
}

/** Ends this process at once. */
export function exitProcess(): never {
  process.exit(TEMPORARY_FAILURE);
}

/** Tells the supervisor that this process goes forward. Who has said so once and falls silent is ended by it. */
export function tellAlive(): void {
  process.send?.({ alive: true });
}

/**
 * Runs one of the gateway's processes until SIGTERM or SIGINT, then closes it in order, within DRAIN_TIMEOUT_MS and
 * two seconds. A second signal leaves it five seconds, a third one none; one that comes while it starts has it close
 * as soon as it has started, or end after five seconds.
 */
export async function runProcess(
  name: string,
  start: (logger: LoggerService) => Promise<INestApplicationContext>,
): Promise<void> {
  const logger = new JsonLogger(name, process.env['LOG_LEVEL'] ?? 'info');
  process.on('unhandledRejection', (reason) =>
    logger.error(`unhandled rejection: ${String(reason)}`),
  );
  // Before the start: a process that says that it listens is told to stop at any moment from then on.
  const starting = start(logger);
  const stop = (signal: string): void => {
    if (isHasty) process.exit(1);
    if (isStopping) return makeHaste();
    isStopping = true;
    logger.log(`stopping (${signal})`);
    const whileStarting = setTimeout(() => process.exit(1), HASTE_MS).unref();
    starting
      .then((app) => {
        clearTimeout(whileStarting);
        return close(app);
      })
      .then(
        () => process.exit(),
        (error: unknown) => {
          logger.error(`shutdown failed: ${String(error)}`);
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  try {
    await starting;
  } catch (error) {
    logger.fatal(error instanceof Error ? error.message : String(error));
    process.exit(isConfigurationError(error) ? CONFIGURATION_ERROR : 1);
  }
}

function close(app: INestApplicationContext): Promise<void> {
  const patience = Number(process.env['DRAIN_TIMEOUT_MS'] ?? 120_000) + SHUTDOWN_MARGIN_MS;
  setTimeout(() => process.exit(1), patience).unref();
  return app.close();
}

function isConfigurationError(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('The environment is not valid');
}
