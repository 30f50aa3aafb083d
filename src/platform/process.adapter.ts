import type { INestApplicationContext, LoggerService } from '@nestjs/common';
import { JsonLogger } from './logging/json-logger.service.js';

/** Whatever hangs: after this long a process that was told to stop is gone. */
const SHUTDOWN_MARGIN_MS = 2_000;
/** Exit status by which a program says that starting it again is pointless (EX_CONFIG). */
const CONFIGURATION_ERROR = 78;
/** Exit status by which a program says that it wants to be started again (EX_TEMPFAIL). */
const TEMPORARY_FAILURE = 75;

let isStopping = false;

/** Ends this process as SIGTERM does, in order, but with a status that tells that it did not want to. */
export function endProcess(): void {
  process.exitCode = TEMPORARY_FAILURE;
  if (!isStopping) process.kill(process.pid, 'SIGTERM');
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
 * two seconds. A second signal ends it at once.
 */
export async function runProcess(
  name: string,
  start: (logger: LoggerService) => Promise<INestApplicationContext>,
): Promise<void> {
  const logger = new JsonLogger(name, process.env['LOG_LEVEL'] ?? 'info');
  process.on('unhandledRejection', (reason) =>
    logger.error(`unhandled rejection: ${String(reason)}`),
  );
  let app: INestApplicationContext;
  try {
    app = await start(logger);
  } catch (error) {
    logger.fatal(error instanceof Error ? error.message : String(error));
    process.exit(isConfigurationError(error) ? CONFIGURATION_ERROR : 1);
  }
  const stop = (signal: string): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    logger.log(`stopping (${signal})`);
    const patience = Number(process.env['DRAIN_TIMEOUT_MS'] ?? 120_000) + SHUTDOWN_MARGIN_MS;
    setTimeout(() => process.exit(1), patience).unref();
    app.close().then(
      () => process.exit(),
      (error: unknown) => {
        logger.error(`shutdown failed: ${String(error)}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function isConfigurationError(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('The environment is not valid');
}
