import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';

/** Keeps these levels of the log out of the output of tests, until `endSilence`. */
export function silence(...levels: ('log' | 'warn' | 'error' | 'fatal')[]): void {
  for (const level of levels)
    jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
}

/** Lets the log speak again; whatever else a test has mocked is itself again, too. */
export function endSilence(): void {
  jest.restoreAllMocks();
}
