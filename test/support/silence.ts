import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';

/** Keeps these levels of the log out of the output of tests, until `endSilence`. */
export function silence(...levels: ('log' | 'warn' | 'error' | 'fatal')[]): void {
  for (const level of levels)
    jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
}

/** Keeps what is said at error level out of the output of tests, until `endSilence`, and gives it as it comes. */
export function keepErrors(): readonly string[] {
  const errors: string[] = [];
  jest.spyOn(Logger.prototype, 'error').mockImplementation((text) => {
    errors.push(String(text));
  });
  return errors;
}

/** Lets the log speak again; whatever else a test has mocked is itself again, too. */
export function endSilence(): void {
  jest.restoreAllMocks();
}
