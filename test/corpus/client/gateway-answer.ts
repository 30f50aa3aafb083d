import { isJson, object, parse, text, type Json } from '../json.js';

/** What the gateway answered to one call. */
export interface GatewayAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as text, for what JSON numbers would lose. */
  readonly source: string;
  /** The JSON body; undefined for a stream. */
  readonly body: Json | undefined;
  /** The data of the frames of a stream, in order; undefined for a JSON answer. */
  readonly frames: readonly string[] | undefined;
}

/** Calls the gateway's chat endpoint and collects the whole answer. */
export async function askGateway(
  url: string,
  key: string,
  request: Json,
  signal: AbortSignal,
): Promise<GatewayAnswer> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(request),
    signal,
  });
  const source = Buffer.from(await response.arrayBuffer()).toString('utf8');
  const { status, headers } = response;
  if ((headers.get('content-type') ?? '').startsWith('text/event-stream')) {
    return { status, headers, source, body: undefined, frames: framesOf(source) };
  }
  const body = parse(source);
  return { status, headers, source, body: isJson(body) ? body : {}, frames: undefined };
}

/** The gateway writes one `data:` line and a blank line for each frame; comments are no frames. */
function framesOf(source: string): string[] {
  return source
    .split('\n\n')
    .filter((block) => block.startsWith('data:'))
    .map((block) => block.slice('data:'.length).trimStart());
}

/** The chunks of a stream: its frames without `[DONE]` and errors. */
export function chunksOf(answer: GatewayAnswer): Json[] {
  return framePayloads(answer).filter((payload) => !('error' in payload));
}

/** The error that a stream ends with. */
export function inBandError(answer: GatewayAnswer): Json | undefined {
  const payload = framePayloads(answer).find((frame) => 'error' in frame);
  return payload && object(payload['error']);
}

/** The code of the error that the answer is or ends with. */
export function errorCode(answer: GatewayAnswer): string | undefined {
  const error = answer.frames ? inBandError(answer) : answer.body?.['error'];
  return isJson(error) ? text(error['code']) : undefined;
}

function framePayloads(answer: GatewayAnswer): Json[] {
  return (answer.frames ?? [])
    .filter((frame) => frame !== '[DONE]')
    .map((frame) => object(parse(frame)));
}
