import { describe, expect, it } from '@jest/globals';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Line, type Ending } from './line.js';

function lineTo(endings: Ending[]): Line {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  return new Line(
    response,
    () => 0,
    (ending) => endings.push(ending),
  );
}

describe('Line', () => {
  it.each(['sleep', 'untilClosed'] as const)(
    'ends %s when the client goes away',
    async (wait) => {
      const endings: Ending[] = [];
      const line = lineTo(endings);
      const waiting = wait === 'sleep' ? line.sleep(60_000) : line.untilClosed();
      line.response.emit('close');
      await waiting;
      expect([line.closed, endings]).toEqual([true, ['aborted']]);
    },
    2000,
  );

  it('does not wait for a client that is gone', async () => {
    const line = lineTo([]);
    line.response.emit('close');
    await line.sleep(60_000);
    await line.untilClosed();
    await line.write('x');
  }, 2000);
});
