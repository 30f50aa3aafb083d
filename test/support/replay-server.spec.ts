import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startReplayServer, type ReplayServer } from './replay-server.js';

describe('replay server', () => {
  let server: ReplayServer;
  beforeAll(async () => {
    server = await startReplayServer();
  });
  afterAll(() => server.close());

  it('plays what is played at a prefix, and keeps what it was asked', async () => {
    const pieces = [Buffer.from([0xe2]), Buffer.from([0x82, 0xac])];
    server.play('one', { status: 429, headers: { 'retry-after': '7' }, pieces });
    const response = await fetch(`${server.url}/one/v1/chat?x=1`, {
      method: 'POST',
      body: '{"a":1}',
    });
    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([
      429,
      '7',
      '€',
    ]);
    expect(server.received('one')).toMatchObject([
      { method: 'POST', path: '/v1/chat?x=1', body: '{"a":1}' },
    ]);
  });

  it('forgets at the next play what it was asked before', async () => {
    server.play('one', { status: 200, headers: {}, pieces: [] });
    expect(server.received('one')).toEqual([]);
  });

  it('says so where nothing is played', async () => {
    const response = await fetch(`${server.url}/other/x`);
    expect(response.status).toBe(418);
  });
});
