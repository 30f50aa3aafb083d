import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { chatBody, expectErrorBody, postChat } from '../support/chat-client.js';
import { prepareGateway, type TestGateway } from '../support/gateway.js';

const keys = { openai: 'sk-first-1234567890abcdef', openrouter: 'sk-second-1234567890abcdef' };

describe('a provider on a private address', () => {
  let gateway: TestGateway;
  let server: Server;
  let connections = 0;

  beforeAll(async () => {
    server = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '::', resolve));
    const { port } = server.address() as AddressInfo;
    gateway = await prepareGateway({
      environment: {
        OPENAI_API_KEY: keys.openai,
        OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
        GROQ_API_KEY: 'gsk-1',
        GROQ_BASE_URL: `http://localhost:${port}`,
        OPENROUTER_API_KEY: keys.openrouter,
        OPENROUTER_BASE_URL: `http://[::ffff:127.0.0.1]:${port}`,
        XAI_API_KEY: 'xai-1',
        XAI_BASE_URL: `http://[::1]:${port}`,
        DEEPSEEK_API_KEY: 'sk-1',
        DEEPSEEK_BASE_URL: `http://2130706433:${port}`,
      },
    });
    await gateway.startMain();
  });
  afterAll(async () => {
    await gateway.stop();
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    'openai/gpt-4o',
    'groq/llama-3.3-70b-versatile',
    'openrouter/gpt-4o',
    'xai/grok-4.5',
    'deepseek/deepseek-v4.1-flash',
  ])('is not connected to: %s', async (name) => {
    const answer = await postChat(gateway, chatBody('Hi', { model: name }));
    expect([answer.status, expectErrorBody(answer.text).code]).toEqual([502, 'upstream_error']);
    expect(answer.text).not.toMatch(/127\.0|localhost|::/);
    expect(connections).toBe(0);
  });

  it('but the sandbox is, wherever it was started', async () => {
    expect((await postChat(gateway, chatBody('Hi'))).status).toBe(200);
  });
});
