import { expect, it } from '@jest/globals';
import { createKey } from '../../../src/tenants/keys/key-format.js';
import { sendRaw, type RawResponse } from '../../support/raw-http.js';
import { TEXT, type BadCaller } from './bad-caller.js';

/** Headers that every answer has of its own. */
const OWN = new Set(['date', 'x-request-id']);

/** What is told to who tries keys. */
export function describeKeys(caller: () => BadCaller): void {
  async function ask(path: string, key: string): Promise<RawResponse> {
    const body = path === '/v1/models' ? '' : TEXT;
    const lines = [
      `${body === '' ? 'GET' : 'POST'} ${path} HTTP/1.1`,
      'Host: gateway',
      `Authorization: Bearer ${key}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Connection: close',
    ];
    return sendRaw(caller().gateway.url, [`${lines.join('\r\n')}\r\n\r\n${body}`]);
  }

  /** A key of the gateway's tenant that was taken back. */
  async function revokedKey(): Promise<string> {
    const { key, hash, prefix } = createKey('osm_');
    await caller().gateway.database.query(
      `INSERT INTO api_key (id, organization_id, project_id, name, hash, prefix, status)
       SELECT $1, organization_id, project_id, 'revoked', $2, $3, 'revoked' FROM api_key LIMIT 1`,
      [`key_${prefix}`, hash, prefix],
    );
    return key;
  }

  it.each(['/v1/chat/completions', '/v1/models'])(
    'a key that is unknown, revoked, mistyped or malformed gets one answer from %s, to the byte',
    async (path) => {
      const unknown = createKey('osm_').key;
      const keys = [unknown, await revokedKey(), `${unknown.slice(0, -6)}000000`, 'sk-1234'];
      const answers = await Promise.all(keys.map((key) => ask(path, key)));
      const seen = answers.map(({ status, headers, body }) =>
        JSON.stringify([status, [...headers].filter(([name]) => !OWN.has(name)), body]),
      );
      expect(seen[0]).toMatch(/^\[401,.*invalid_api_key/);
      expect(new Set(seen).size).toBe(1);
    },
  );
}
