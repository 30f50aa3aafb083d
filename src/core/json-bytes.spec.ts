import { describe, expect, it } from '@jest/globals';
import { bytesOf, JsonBytes } from './json-bytes.js';

function written(write: (to: JsonBytes) => void, size = 4): string {
  const bytes = new JsonBytes(size);
  write(bytes);
  return bytes.buffer.toString('utf8', 0, bytes.end);
}

describe('JsonBytes', () => {
  it.each([
    '',
    'plain ~',
    'a"b',
    'back\\slash',
    'tab\t',
    'Ünïcödé',
    '日本',
    '\ud800',
    '\u007f',
    '😀',
  ])('writes %j as JSON.stringify does', (text) =>
    expect(written((to) => to.string(text))).toBe(JSON.stringify(text)),
  );

  it.each([0, 7, 1_795_351_919_998, -3, 0.25, 1e300, 2 ** 53])('writes the number %d', (number) =>
    expect(written((to) => to.number(number))).toBe(JSON.stringify(number)),
  );

  it('keeps what was written when it takes a larger buffer', () => {
    const long = 'x'.repeat(100);
    const text = written((to) => {
      to.known(bytesOf('{"a":[1,'));
      to.string('é');
      to.byte(44);
      to.string(long);
      to.known(bytesOf(']}'));
    });
    expect(JSON.parse(text)).toEqual({ a: [1, 'é', long] });
  });

  it('puts commas between items, and leaves out fields that are not there', () => {
    const text = written((to) => {
      to.known(bytesOf('{"list":['));
      for (const item of ['[', '{', ',']) {
        to.separate();
        to.string(item);
      }
      to.byte(93);
      to.textField(bytesOf(',"none":'), null);
      to.textField(bytesOf(',"some":'), '');
      to.valueField(bytesOf(',"absent":'), undefined);
      to.valueField(bytesOf(',"value":'), [1]);
      to.byte(125);
    });
    expect(text).toBe('{"list":["[","{",","],"some":"","value":[1]}');
  });
});
