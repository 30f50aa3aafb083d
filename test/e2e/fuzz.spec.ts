import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chatBody, expectErrorBody, postChat } from '../support/chat-client.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

const runs = 300;
const timeLimit = 120_000;

const valid = {
  ...chatBody('Hi', { max_tokens: 16, temperature: 0.5, stop: ['x'], user: 'somebody' }),
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'a', content: 'done' },
    { role: 'user', content: 'And now?' },
  ],
  tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
  response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } },
  metadata: { team: 'blue' },
};

type Path = readonly (string | number)[];

/** The paths of everything in a value, from the top. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, child]) => pathsIn(child, [...path, key]))];
}

/** A copy of a value with another one at a path; undefined removes. */
function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  const copy: Record<string, unknown> = Array.isArray(value)
    ? ([...value] as unknown as Record<string, unknown>)
    : { ...(value as object) };
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

const names = ['__proto__', 'constructor', 'role', 'type', 'content', 'function', 'n', 'stream'];
const hostileTexts = ['', '\0', '\ud800', '\u202e', '__proto__', '%00', '[[', 'x'.repeat(5_000)];
const hostileNumbers = [-1, 0, 1.5, 1e300, -1e300, 2 ** 31, 2 ** 53, 5e-324];
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(undefined, null, true, {}, [], [[]], ...hostileTexts, ...hostileNumbers),
  fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 1 })),
);
const change = fc.tuple(fc.constantFrom(...pathsIn(valid).slice(1)), anything);

describe('a request that was tampered with', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  /** Whatever the body: an answer, or a refusal in the envelope that blames the request. */
  async function expectAnswer(body: string | Uint8Array): Promise<void> {
    const text = typeof body === 'string' ? body : Buffer.from(body).toString('latin1');
    const answer = await postChat(gateway, body);
    expect([answer.status < 500, text]).toEqual([true, text]);
    if (answer.status !== 200) expectErrorBody(answer.text);
  }

  it(
    'in its fields is answered or refused, never an error of the gateway',
    () =>
      fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
          const body = changes.reduce<unknown>(
            (sum, [path, by]) => tryReplace(sum, path, by),
            valid,
          );
          await expectAnswer(JSON.stringify(body) ?? '');
        }),
        { numRuns: runs },
      ),
    timeLimit,
  );

  it(
    'in its bytes is answered or refused, never an error of the gateway',
    () => {
      const bytes = Buffer.from(JSON.stringify(valid));
      const edit = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
      return fc.assert(
        fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
          const body = Buffer.from(bytes);
          for (const [at, byte] of edits) body[at] = byte;
          await expectAnswer(body);
        }),
        { numRuns: runs },
      );
    },
    timeLimit,
  );

  it('leaves the server as it was', async () => {
    const { status } = await postChat(gateway, chatBody('Still there?'));
    expect(status).toBe(200);
    expect(gateway.logs()).not.toMatch(/internal_error|unhandled/);
  });
});

/** An earlier change may have taken away what the path leads through. */
function tryReplace(value: unknown, path: Path, by: unknown): unknown {
  const parent = path.slice(0, -1).reduce<unknown>((at, key) => Object(at)[key], value);
  return typeof parent === 'object' && parent !== null ? replaced(value, path, by) : value;
}
