import { chunksOf } from '../support/chunks.js';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { ChatRequest } from '../../src/core/chat.js';
import type { GatewayError } from '../../src/core/errors.js';
import type { ProtocolId, ProviderDefinition } from '../../src/core/provider.js';
import type { Usage } from '../../src/core/usage.js';
import { PROVIDERS } from '../../src/providers/definitions/registry.js';
import { planParameters } from '../../src/providers/protocols/parameters.js';
import type { ChatProtocol, StreamOutput } from '../../src/providers/protocols/protocol.js';
import { streamReaderFor } from '../../src/providers/stream-reader.js';
import { eventStreamOf } from '../support/aws-event-stream.js';
import { makeTarget, type TargetOptions } from '../support/target.js';

/**
 * One folder, one case, at the provider after which the folder above is named. `target.json` says what else the target
 * is like (TargetOptions). Then, as far as they are there:
 * request.json → upstream-request.json {path, body, headers?} with dropped.json, or expected-refused.json;
 * upstream-response.json → expected.json and usage.json;
 * upstream-response.sse, or upstream-response.events.jsonl {headers, payload} for an AWS event stream →
 * expected.sse-chunks.json and usage.json, and for a stream that fails stream-error.json;
 * upstream-error.json {status, body, retryAfterSeconds?} → expected-error.json {status, code, message}.
 */
interface Folder {
  readonly path: string;
  readonly provider: ProviderDefinition;
}

/** Module and export of each protocol. Loaded only when used, so that each fails alone. */
const PROTOCOLS: Readonly<Record<ProtocolId, readonly [module: string, name: string]>> = {
  'chat-completions': [
    '../../src/providers/protocols/chat-completions/index.js',
    'chatCompletions',
  ],
  'anthropic-messages': [
    '../../src/providers/protocols/anthropic-messages/index.js',
    'anthropicMessages',
  ],
  gemini: ['../../src/providers/protocols/gemini/index.js', 'gemini'],
  'bedrock-converse': [
    '../../src/providers/protocols/bedrock-converse/index.js',
    'bedrockConverse',
  ],
  responses: ['../../src/providers/protocols/responses/index.js', 'responses'],
  'cohere-chat': ['../../src/providers/protocols/cohere-chat/index.js', 'cohereChat'],
};

const HERE = import.meta.dirname;

async function load(folder: Folder): Promise<ChatProtocol> {
  const [module, name] = PROTOCOLS[targetOf(folder).provider.protocol];
  const exports = (await import(module)) as Record<string, ChatProtocol | undefined>;
  const protocol = exports[name];
  if (!protocol) throw new Error(`${module} does not export ${name}`);
  return protocol;
}

const has = (folder: Folder, file: string) => existsSync(join(folder.path, file));
const text = (folder: Folder, file: string) => readFileSync(join(folder.path, file), 'utf8');
const json = (folder: Folder, file: string): unknown => JSON.parse(text(folder, file));
/** What is left of a value when it is written as JSON; amounts become strings. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, part: unknown) =>
      typeof part === 'bigint' ? String(part) : part,
    ),
  );

function targetOf(folder: Folder) {
  const options = has(folder, 'target.json') ? (json(folder, 'target.json') as TargetOptions) : {};
  return makeTarget({ ...options, provider: { ...folder.provider, ...options.provider } });
}

function decode(protocol: ChatProtocol, folder: Folder): StreamOutput[] {
  const reader = streamReaderFor(protocol.framing);
  const bytes =
    protocol.framing === 'aws-event-stream'
      ? eventStreamOf(text(folder, 'upstream-response.events.jsonl'))
      : Buffer.from(text(folder, 'upstream-response.sse'));
  let state = protocol.stream.start(targetOf(folder));
  const outputs: StreamOutput[] = [];
  for (const event of [...reader.push(bytes), ...reader.end()]) {
    const [next, made] = protocol.stream.step(state, event);
    state = next;
    outputs.push(...made);
  }
  return [...outputs, ...protocol.stream.end(state)];
}

const errorOf = ({ status, code, message }: GatewayError) => ({ status, code, message });

function checkRequest(protocol: ChatProtocol, folder: Folder): void {
  const plan = planParameters(
    json(folder, 'request.json') as ChatRequest,
    protocol,
    targetOf(folder),
  );
  const refused = has(folder, 'expected-refused.json') ? json(folder, 'expected-refused.json') : [];
  expect(plan.refused).toEqual(refused);
  if (!has(folder, 'upstream-request.json')) return;
  expect(plan.dropped).toEqual(has(folder, 'dropped.json') ? json(folder, 'dropped.json') : []);
  const upstream = protocol.toUpstreamRequest(plan.request, targetOf(folder));
  expect(plain(upstream)).toEqual(json(folder, 'upstream-request.json'));
}

function checkAnswer(protocol: ChatProtocol, folder: Folder): void {
  const answer = protocol.fromUpstreamResponse(
    json(folder, 'upstream-response.json'),
    targetOf(folder),
  );
  expect(plain(answer.completion)).toEqual(json(folder, 'expected.json'));
  if (has(folder, 'usage.json')) expect(plain(answer.usage)).toEqual(json(folder, 'usage.json'));
}

function checkStream(protocol: ChatProtocol, folder: Folder): void {
  const outputs = decode(protocol, folder);
  expect(plain(chunksOf(outputs))).toEqual(json(folder, 'expected.sse-chunks.json'));
  const usages: Usage[] = outputs.flatMap((output) =>
    output.type === 'usage' ? [output.usage] : [],
  );
  if (has(folder, 'usage.json')) expect(plain(usages.at(-1))).toEqual(json(folder, 'usage.json'));
  const errors = outputs.flatMap((output) =>
    output.type === 'error' ? [errorOf(output.error)] : [],
  );
  expect(errors).toEqual(
    has(folder, 'stream-error.json') ? [json(folder, 'stream-error.json')] : [],
  );
  expect(outputs.filter((output) => output.type === 'end')).toHaveLength(
    errors.length === 0 ? 1 : 0,
  );
}

function checkError(protocol: ChatProtocol, folder: Folder): void {
  const { status, body, retryAfterSeconds } = json(folder, 'upstream-error.json') as {
    status: number;
    body: unknown;
    retryAfterSeconds?: number;
  };
  const error = protocol.fromUpstreamError({ status, body, retryAfterSeconds }, targetOf(folder));
  expect(errorOf(error)).toEqual(json(folder, 'expected-error.json'));
}

const CHECKS = {
  'request.json': ['translates the request', checkRequest],
  'upstream-response.json': ['reads the answer', checkAnswer],
  'upstream-response.sse': ['reads the stream', checkStream],
  'upstream-response.events.jsonl': ['reads the stream', checkStream],
  'upstream-error.json': ['reads the error', checkError],
} as const;

function foldersIn(path: string): string[] {
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

function providerNamed(name: string): ProviderDefinition {
  const provider = PROVIDERS.find(({ id }) => id === name);
  if (!provider) throw new Error(`test/golden/${name} is the folder of no provider`);
  return provider;
}

describe.each(foldersIn(HERE))('golden cases of %s', (providerId) => {
  const provider = providerNamed(providerId);
  for (const name of foldersIn(join(HERE, providerId))) {
    const folder: Folder = { path: join(HERE, providerId, name), provider };
    const checks = Object.entries(CHECKS).filter(([file]) => has(folder, file));
    it(`${name} holds something to check`, () => expect(checks.length).toBeGreaterThan(0));
    for (const [, [what, check]] of checks) {
      it(`${name}: ${what}`, async () => check(await load(folder), folder));
    }
  }
});

it('every provider has golden cases', () => {
  const folders = new Set(foldersIn(HERE));
  // The sandbox is no provider; those without chat have nothing to show here.
  const without = PROVIDERS.filter(({ id }) => !folders.has(id)).map(({ id }) => id);
  expect(without.sort()).toEqual(['jina', 'sandbox', 'voyage']);
});
