import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';

const MAX_MESSAGE = 2_048;

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

  constructor(name: string, level: string) {
    this.pino = pino({ level, base: { process: name } });
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
      typeof context === 'string' ? { context } : {},
      text.slice(0, MAX_MESSAGE),
    );
  }
}
