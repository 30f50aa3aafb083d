import { describe, expect, it } from '@jest/globals';
import { parsedUrl } from './parsed-url.js';

describe('parsedUrl', () => {
  it('reads an address, and says where a text is none', () => {
    expect(parsedUrl('https://example.com/v1')?.href).toBe('https://example.com/v1');
    expect(parsedUrl('nothing')).toBeUndefined();
  });

  it('reads names in every script, however often it was asked', () => {
    for (let time = 0; time < 100_000; time++) parsedUrl(`https://example.com/${time}`);
    expect(parsedUrl('https://bücher.example')?.hostname).toBe('xn--bcher-kva.example');
  });
});
