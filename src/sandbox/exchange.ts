import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkAccess } from './access.js';
import { inBandError, nativeError } from './errors.js';
import { garbageAnswer } from './garbage.js';
import { isObject, type JsonObject } from './json-read.js';
import { Line } from './line.js';
import { playStream, playWhole, type Plan } from './play.js';
import { decideReply } from './reply.js';
import type { Tally, TallyEntry } from './tally.js';
import type { Dialect, Protocol, Refusal, SandboxRequest, Target } from './types.js';

export interface Clock {
  /** Milliseconds since the epoch. */
  epoch(): number;
  /** Milliseconds that never jump. */
  monotonic(): number;
}

export interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: string | undefined;
  readonly queryKey: string | null;
  /** Number of the call since the start; all ids derive from it. */
  readonly sequence: number;
  readonly clock: Clock;
  readonly tally: Tally;
}

interface Call {
  readonly dialect: Dialect;
  readonly body: JsonObject;
  readonly request: SandboxRequest;
  readonly id: string;
  readonly createdAt: number;
  readonly line: Line;
  readonly entry: TallyEntry;
  readonly tally: Tally;
}

const ID_PREFIX: Readonly<Record<Protocol, string>> = {
  openai: 'chatcmpl-sbx',
  anthropic: 'msg_sbx',
  gemini: 'sbx',
};

/** Serves one call of a provider's API from its body to its last byte. */
export async function serveCall(dialect: Dialect, target: Target, arrival: Arrival): Promise<void> {
  const { protocol } = dialect;
  const body = parseBody(arrival.body);
  const call = begin(dialect, body ?? {}, target, arrival);
  const refusal =
    checkAccess(protocol, arrival.request.headers, arrival.queryKey) ??
    (body === undefined ? unreadable(arrival.body) : dialect.check(body, call.request));
  if (refusal !== undefined) return refuse(call, refusal);
  const { latency, error, code, retryAfter, garbage } = call.request.directives;
  if (latency !== undefined) await call.line.sleep(latency);
  if (call.line.closed) return;
  if (error !== undefined) return refuse(call, { status: error, code, retryAfter });
  if (garbage === undefined) return answer(call);
  const wrong = garbageAnswer(garbage, call.request.stream);
  call.line.response.writeHead(200, { 'content-type': wrong.type }).end(wrong.body);
}

function begin(dialect: Dialect, body: JsonObject, target: Target, arrival: Arrival): Call {
  const { clock, tally } = arrival;
  const request = dialect.parse(body, target);
  const id = `${ID_PREFIX[dialect.protocol]}${String(arrival.sequence).padStart(8, '0')}`;
  const createdAt = clock.epoch();
  const entry = tally.add({
    id: request.directives.id ?? id,
    answerId: id,
    protocol: dialect.protocol,
    model: request.model,
    status: 200,
    promptTokens: 0,
    cachedTokens: 0,
    completionTokens: 0,
    reasoningTokens: 0,
    stream: request.stream,
    finished: false,
    aborted: false,
    startedAt: createdAt,
  });
  const line = new Line(
    arrival.response,
    () => clock.monotonic(),
    (ending) => {
      entry.finished = ending === 'finished';
      entry.aborted = ending === 'aborted';
      if (entry.aborted) entry.abortedAt = clock.epoch();
      tally.changed(entry);
    },
  );
  return { dialect, body, request, id, createdAt, line, entry, tally };
}

async function answer(call: Call): Promise<void> {
  const { dialect, body, request, id, line, entry, tally } = call;
  const reply = decideReply(request);
  entry.promptTokens = reply.usage.promptTokens;
  entry.cachedTokens = reply.usage.cachedTokens;
  const created = Math.floor(call.createdAt / 1000);
  const content = { id, created, body, request, reply };
  const plan: Plan = {
    directives: request.directives,
    inBandError: inBandError(dialect.protocol, id),
    onTokens: (completion, reasoning) => {
      entry.completionTokens += completion;
      entry.reasoningTokens += reasoning;
      tally.changed(entry);
    },
  };
  if (request.stream) {
    line.response.writeHead(200, headers(call, 'text/event-stream; charset=utf-8'));
    return playStream(line, dialect.frames(content), plan);
  }
  const text = dialect.whole(content);
  const length = { 'content-length': String(Buffer.byteLength(text)) };
  line.response.writeHead(200, { ...headers(call, 'application/json'), ...length });
  return playWhole(line, text, reply.usage, plan);
}

function headers(call: Call, type: string): Record<string, string> {
  const name = call.dialect.protocol === 'anthropic' ? 'request-id' : 'x-request-id';
  return { 'content-type': type, 'cache-control': 'no-cache', [name]: `req_${call.id}` };
}

function refuse(call: Call, refusal: Refusal): void {
  const error = nativeError(call.dialect.protocol, refusal, call.id);
  call.entry.status = error.status;
  call.line.response.writeHead(error.status, error.headers).end(error.body);
}

/** Undefined stands for a body that is too large or no JSON object. */
function parseBody(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function unreadable(text: string | undefined): Refusal {
  if (text === undefined) return { status: 413 };
  return { status: 400, message: 'We could not parse the JSON body of your request.' };
}
