import { createHash } from 'node:crypto';
import { parseDirectives } from './directives.js';
import { arrayAt, numberAt, stringAt, type JsonObject } from './json-read.js';
import { lastUserText } from './reply.js';
import type { Answer, Dialect, Message, Refusal, SandboxRequest, Target } from './types.js';

const DEFAULT_DIMENSIONS = 1536;
const MAX_DIMENSIONS = 8192;

/** OpenAI embeddings: a call whose answer has vectors instead of tokens. */
export const embeddings: Dialect = { protocol: 'openai', parse, check, whole, frames: () => [] };

function parse(body: JsonObject, target: Target): SandboxRequest {
  const messages = inputs(body).map((text): Message => ({ role: 'user', text }));
  return {
    model: target.model ?? stringAt(body, 'model') ?? '',
    stream: false,
    includeUsage: false,
    messages,
    tools: [],
    toolChoice: { mode: 'none' },
    parallelTools: false,
    maxTokens: 0,
    n: 1,
    stop: [],
    directives: parseDirectives(lastUserText(messages)),
  };
}

/** A text, several, a list of token ids, or several of those. */
function inputs(body: JsonObject): string[] {
  const text = stringAt(body, 'input');
  if (text !== undefined) return [text];
  const list = arrayAt(body, 'input');
  if (list.some((item) => typeof item === 'number')) return [list.join(' ')];
  return list.map((item) => (Array.isArray(item) ? item.join(' ') : String(item)));
}

function check(body: JsonObject, request: SandboxRequest): Refusal | undefined {
  if (request.model === '') return { status: 400, message: 'you must provide a model parameter' };
  if (request.messages.length === 0) {
    return { status: 400, message: "'$.input' is invalid.", param: 'input' };
  }
  const dimensions = numberAt(body, 'dimensions');
  if (dimensions === undefined || (dimensions >= 1 && dimensions <= MAX_DIMENSIONS))
    return undefined;
  return { status: 400, message: `${dimensions} is not a valid number of dimensions` };
}

function whole({ body, request, reply }: Answer): string {
  const dimensions = numberAt(body, 'dimensions') ?? DEFAULT_DIMENSIONS;
  const packed = stringAt(body, 'encoding_format') === 'base64';
  const { promptTokens } = reply.usage;
  return JSON.stringify({
    object: 'list',
    data: request.messages.map(({ text }, index) => {
      const vector = unitVector(text, dimensions);
      const embedding = packed ? Buffer.from(vector.buffer).toString('base64') : [...vector];
      return { object: 'embedding', index, embedding };
    }),
    model: request.model,
    ...(request.directives.noUsage === true
      ? {}
      : { usage: { prompt_tokens: promptTokens, total_tokens: promptTokens } }),
  });
}

/** A vector of length one that depends on nothing but the text. */
export function unitVector(text: string, dimensions: number): Float32Array {
  let state = createHash('sha256').update(text).digest().readUInt32LE(0);
  const vector = new Float32Array(dimensions);
  let squares = 0;
  for (let index = 0; index < dimensions; index += 1) {
    // A linear congruential generator: good enough to tell two texts apart.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const value = state / 0x80000000 - 1;
    vector[index] = value;
    squares += value * value;
  }
  const length = Math.sqrt(squares) || 1;
  return vector.map((value) => value / length);
}
