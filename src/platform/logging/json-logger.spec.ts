import { describe, expect, it } from '@jest/globals';
import { JsonLogger } from './json-logger.service.js';

const HOSTILE = '\u001b[2J\r\n{"level":60,"msg":"forged"}\n\u009b31m\u007f\u2028\u2029\ud800';

function linesOf(write: (logger: JsonLogger) => void): string[] {
  let text = '';
  write(new JsonLogger('gateway', 'trace', { write: (piece) => (text += piece) }));
  return text.split('\n').slice(0, -1);
}

describe('a line of the log', () => {
  it.each(['log', 'warn', 'error', 'fatal', 'debug', 'verbose'] as const)(
    'of %s is one of JSON, whatever it is told',
    (level) => {
      const [line = '', ...more] = linesOf((logger) => logger[level](HOSTILE, HOSTILE));
      expect(more).toEqual([]);
      const { msg, context, process } = JSON.parse(line);
      expect([msg, process]).toEqual([expect.stringContaining('forged'), 'gateway']);
      expect(context).toContain('forged');
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    },
  );

  it('of an error too, whose stack has lines of its own', () => {
    const lines = linesOf((logger) => logger.error(new Error(HOSTILE), 'Request'));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '').msg).toContain('\n    at ');
  });

  it('is bounded', () => {
    const [line = ''] = linesOf((logger) => logger.warn('x'.repeat(100_000), 'y'.repeat(100_000)));
    expect(JSON.parse(line).msg).toHaveLength(2_048);
    expect(line.length).toBeLessThan(5_000);
  });
});
