import { expect, it } from '@jest/globals';
import { retryAfterOf } from './retry-after.js';

const NOW = Date.UTC(2026, 10, 22, 12);

it.each([
  ['seconds', { 'retry-after': '20' }, 20],
  ['parts of seconds', { 'retry-after': '0.5' }, 0.5],
  ['milliseconds', { 'retry-after-ms': '1500' }, 1.5],
  ['both: the finer one', { 'retry-after-ms': '1500', 'retry-after': '2' }, 1.5],
  ['a date', { 'retry-after': 'Sun, 22 Nov 2026 12:01:00 GMT' }, 60],
  ['a date that is over', { 'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT' }, 0],
  ['less than nothing', { 'retry-after': '-5' }, 0],
  ['milliseconds that are none', { 'retry-after-ms': 'soon', 'retry-after': '3' }, 3],
  ['words', { 'retry-after': 'later' }, undefined],
  ['an empty header', { 'retry-after': '' }, undefined],
  ['nothing', {}, undefined],
])('%s', (_what, headers, seconds) => {
  expect(retryAfterOf(headers, NOW)).toBe(seconds);
});
