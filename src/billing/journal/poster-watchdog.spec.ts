import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { ProcessEndService } from '../../platform/process-end.service.js';
import { PosterWatchdog } from './poster-watchdog.service.js';
import type { PosterService } from './poster.service.js';

let standstill = { stalledMs: 0, silentMs: 0 };
let told: string[];
let watchdog: PosterWatchdog;

beforeEach(() => {
  told = [];
  for (const level of ['error', 'fatal'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation((message) => {
      told.push(`${level} ${String(message)}`);
    });
  watchdog = new PosterWatchdog({ standstill: () => standstill } as PosterService, {
    request: () => undefined,
    atOnce: () => void told.push('exit'),
    tellAlive: () => void told.push('alive'),
  } satisfies ProcessEndService);
});
afterEach(() => {
  jest.restoreAllMocks();
});

const look = (now: number, stalledMs: number, silentMs = 0): string[] => {
  standstill = { stalledMs, silentMs };
  told = [];
  watchdog.look(now);
  return told;
};

describe('the watchdog of the poster', () => {
  it('tells the supervisor that posting goes forward', () => {
    expect(look(0, 14_999)).toEqual(['alive']);
  });

  it('says that nothing is posted, now and then, and lets it try on while it is refused', () => {
    const said = 'error nothing has been posted for 20 s; the journals grow';
    expect(look(0, 20_000, 500)).toEqual(['alive', said]);
    expect(look(29_999, 50_000, 500)).toEqual(['alive']);
    expect(look(30_000, 3_600_000, 500)).toEqual([
      'alive',
      'error nothing has been posted for 3600 s; the journals grow',
    ]);
  });

  it('ends the process where not even an error comes (langfuse #15509: a worker that is wedged)', () => {
    expect(look(0, 60_000, 59_999)).toContain('alive');
    expect(look(0, 60_000, 60_000)).toEqual([
      'fatal posting hangs since 60 s: the process is started again',
      'exit',
    ]);
  });
});
