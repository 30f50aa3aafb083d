import { describe, expect, it } from '@jest/globals';
import { readEvents } from './server-sent-events.js';

describe('readEvents', () => {
  it.each([
    ['LF', '\n'],
    ['CR', '\r'],
    ['CRLF', '\r\n'],
  ])('reads events whose lines end in %s', (_name, end) => {
    const source = [
      'event: one',
      'data: {"a":1}',
      '',
      ': comment',
      '',
      'data:two',
      'data: three',
      '',
      '',
    ].join(end);
    expect(readEvents(source)).toEqual([
      { event: 'one', data: '{"a":1}' },
      { event: '', data: 'two\nthree' },
    ]);
  });

  it('counts an event whose blank line never came', () => {
    expect(readEvents('data: last')).toEqual([{ event: '', data: 'last' }]);
  });
});
