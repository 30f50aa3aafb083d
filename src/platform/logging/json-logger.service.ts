import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger } from 'pino';

const MAX_MESSAGE = 2_048;
/** JSON leaves them as they are, but terminals and some readers of lines do not. */
const UNESCAPED_CONTROLS = /[\u007f-\u009f\u2028\u2029]/g;

/** Nest's own report of how it starts, a line a module and a route. */
const BOOT_CONTEXTS = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
]);

/** Nest's log lines as one JSON object a line: time, level, process, context and a bounded message, nothing else. */
export class JsonLogger implements LoggerService {
  private readonly pino: Logger;

  constructor(name: string, level: string, destination?: DestinationStream) {
    const options = { level, base: { process: name } };
    this.pino = destination ? pino(options, destination) : pino(options);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest gives the context last. */
  private write(
    level: 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal',
    message: unknown,
    rest: unknown[],
  ): void {
    const context = rest.at(-1);
    const text = message instanceof Error ? (message.stack ?? message.message) : String(message);
    const isBoot = level === 'info' && typeof context === 'string' && BOOT_CONTEXTS.has(context);
    this.pino[isBoot ? 'debug' : level](
      typeof context === 'string' ? { context: fit(context) } : {},
      fit(text),
    );
  }
}

function fit(text: string): string {
  return text.slice(0, MAX_MESSAGE).replace(UNESCAPED_CONTROLS, ' ');
}
