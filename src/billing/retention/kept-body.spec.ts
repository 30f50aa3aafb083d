import { describe, expect, it } from '@jest/globals';
import { bodyText, MAX_KEPT, readBodyText, type CallContent } from './kept-body.js';

const content = (more: Partial<CallContent> = {}): CallContent => ({
  request: { model: 'm', messages: [{ role: 'user', content: 'Hi' }] },
  answer: { choices: [] },
  error: null,
  truncated: false,
  ...more,
});
const kept = (more: Partial<CallContent> = {}) => readBodyText(bodyText(content(more)));

describe('the text of a body', () => {
  it('gives back what was kept', () => {
    const error = { message: 'no', type: 't', param: null, code: 'c' };
    expect(kept()).toEqual(content());
    expect(kept({ answer: undefined, error })).toEqual(content({ answer: null, error }));
    expect(kept({ truncated: true }).truncated).toBe(true);
  });

  it('is bounded: long texts in it are cut, and all of the rest is there', () => {
    const image = 'A'.repeat(2 * MAX_KEPT);
    const request = { model: 'm', messages: [{ role: 'user', content: ['describe', image] }] };
    const { request: found, truncated } = kept({ request }) as unknown as {
      request: typeof request;
      truncated: boolean;
    };
    expect(truncated).toBe(true);
    expect(found.messages[0]?.content[0]).toBe('describe');
    expect(found.messages[0]?.content[1]).toMatch(/^A+… \(2097152 characters\)$/);
    expect(bodyText(content({ request })).length).toBeLessThan(20_000);
  });

  it('is bounded where there are too many texts: the beginning is kept as a text', () => {
    const many = Array.from({ length: 200_000 }, (_, at) => `text "${at}"\n`);
    const { request, truncated } = kept({ request: many });
    expect(truncated).toBe(true);
    expect(request).toContain('text \\"0\\"');
    expect(bodyText(content({ request: many })).length).toBeLessThan(MAX_KEPT + 1_000);
  });
});
