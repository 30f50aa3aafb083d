import { describe, expect, it } from '@jest/globals';
import type { BadCaller } from './bad-caller.js';

const ROUTES = [
  ['POST', '/v1/chat/completions'],
  ['GET', '/v1/models'],
  ['GET', '/admin/v1/me'],
  ['POST', '/admin/v1/organizations'],
  ['GET', '/docs/openapi.json'],
  ['GET', '/health'],
  ['GET', '/metrics'],
  ['GET', '/nowhere'],
] as const;

/** What a browser is told of routes that a page of another origin asks. */
export function describeOrigins(caller: () => BadCaller): void {
  /** The request itself, and what a browser asks before it. */
  function ask(method: string, path: string, origin: string): Promise<readonly Response[]> {
    const { url, apiKey, adminToken } = caller().gateway;
    const key = path.startsWith('/admin') ? adminToken : apiKey;
    const asking = { origin, authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const before = {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization',
    };
    return Promise.all([
      fetch(url + path, { method, headers: asking, ...(method === 'POST' ? { body: '{}' } : {}) }),
      fetch(url + path, { method: 'OPTIONS', headers: before }),
    ]);
  }

  describe('a page of another origin', () => {
    it.each(ROUTES)('is told nothing that would let it read %s %s', async (method, path) => {
      for (const origin of ['https://evil.example', 'null', caller().gateway.url]) {
        for (const answer of await ask(method, path, origin)) {
          const told = [...answer.headers].filter(
            ([name, value]) => name.startsWith('access-control-') || value.includes(origin),
          );
          expect(told).toEqual([]);
          await answer.arrayBuffer();
        }
      }
    });
  });
}
