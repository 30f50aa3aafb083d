import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request as ask } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';

describe('the upstream of the bench', () => {
  let sandbox: Sandbox;
  let replay: ChildProcess;
  let url: string;

  beforeAll(async () => {
    sandbox = await startSandbox();
    replay = fork(path.join(import.meta.dirname, 'replaying-sandbox.mjs'), {
      env: { REPLAYED_SANDBOX: sandbox.url },
    });
    const [message] = (await once(replay, 'message')) as [{ listening: string }];
    url = message.listening;
  });
  afterAll(async () => {
    replay.kill();
    await once(replay, 'exit');
    await sandbox.close();
  });

  async function post(origin: string, text: string, stream: boolean): Promise<Response> {
    return fetch(`${origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content: text }] }),
    });
  }

  it('says what the sandbox said, and asks it once', async () => {
    const said = await (await post(url, '[[tokens=5]]', false)).text();
    expect(await (await post(url, '[[tokens=5]]', false)).text()).toBe(said);
    expect(JSON.parse(said)).toMatchObject({
      object: 'chat.completion',
      usage: { completion_tokens: 5 },
    });
    expect(sandbox.tally()).toHaveLength(1);
  });

  it('passes on what the sandbox refuses', async () => {
    const response = await post(url, '[[error=429]]', false);
    expect(response.status).toBe(429);
    expect(await response.json()).toHaveProperty('error');
  });

  it('sends a paced stream in a chunk for each piece of text', async () => {
    const text = '[[tokens=6 rate=500]]';
    const chunks: string[] = [];
    await new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({
        model: 'm',
        stream: true,
        messages: [{ role: 'user', content: text }],
      });
      ask(`${url}/v1/chat/completions`, { method: 'POST', headers }, (response) => {
        response.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
        response.on('end', resolve);
      })
        .on('error', reject)
        .end(body);
    });
    expect(chunks).toHaveLength(6);
    for (const chunk of chunks) expect(chunk.match(/"content":"[^"]/g)).toHaveLength(1);
    expect(chunks.join('')).toMatch(/data: \[DONE\]\n\n$/);
  });
});

interface Reader {
  take(bytes: Buffer): { readonly text: string }[];
}
const reading = './request-reader.mjs';
const { RequestReader } = (await import(reading)) as { RequestReader: new () => Reader };

describe('requests on a connection', () => {
  it('are read one after the other, however they are cut', () => {
    const bytes = Buffer.from(
      'POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcPOST /b HTTP/1.1\r\ncontent-length: 0\r\n\r\n',
    );
    for (let cut = 0; cut <= bytes.length; cut++) {
      const reader = new RequestReader();
      const requests = [
        ...reader.take(bytes.subarray(0, cut)),
        ...reader.take(bytes.subarray(cut)),
      ];
      expect(requests.map(({ text }) => text)).toEqual(['POST /a HTTP/1.1abc', 'POST /b HTTP/1.1']);
    }
  });
});
