import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from './server.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

/** Makes a call to its end; gives the id of its answer. */
async function call(directives: string): Promise<string> {
  const messages = [{ role: 'user', content: `[[${directives}]] Hi` }];
  const response = await fetch(`${sandbox.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer key' },
    body: JSON.stringify({ model: 'm', messages }),
  });
  const { id } = (await response.json()) as { id: string };
  await sandbox.waitFor((entry) => entry.answerId === id && entry.finished);
  return id;
}
const ask = (id: string) => fetch(`${sandbox.url}/v1/generation?id=${id}`);
const order = (what: string) => fetch(`${sandbox.url}/generations/${what}`, { method: 'POST' });

it('tells afterwards what a call used and cost, and keeps what it told', async () => {
  const id = await call('id=told tokens=40 reasoning=2');
  const answer = await ask(id);
  expect(await answer.json()).toEqual({
    data: {
      id,
      // Nine tokens at 3 USD a million, 42 at 12.
      total_cost: 0.000531,
      native_tokens_prompt: 9,
      native_tokens_completion: 42,
      native_tokens_cached: 0,
      native_tokens_reasoning: 2,
    },
  });
  expect(sandbox.tally().find((entry) => entry.id === 'told')?.reportedCost).toBe('0.000531');
});

it('knows no call that it never had, nor one that runs', async () => {
  expect((await ask('chatcmpl-none')).status).toBe(404);
  const client = new AbortController();
  const running = fetch(`${sandbox.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer key' },
    body: JSON.stringify({
      model: 'm',
      messages: [{ role: 'user', content: '[[id=running latency=60000]]' }],
    }),
    signal: client.signal,
  }).catch(() => undefined);
  const { answerId } = await sandbox.waitFor((entry) => entry.id === 'running');
  expect((await ask(answerId)).status).toBe(404);
  client.abort();
  await running;
  await sandbox.waitFor((entry) => entry.id === 'running' && entry.aborted);
  expect((await ask(answerId)).status).toBe(200);
});

it('lets those who ask wait until it is told to answer', async () => {
  const id = await call('tokens=1');
  await order('withhold');
  let answered = false;
  const asked = ask(id).then(({ status }) => {
    answered = true;
    return status;
  });
  // Whoever asks after it for something else is answered before it.
  await fetch(`${sandbox.url}/tally`);
  expect(answered).toBe(false);
  await order('release');
  expect(await asked).toBe(200);
});
