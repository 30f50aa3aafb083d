import { request as ask } from 'node:http';

/** As in the sandbox's directives. */
const PACE = / rate=(\d+)/;
const EVENT_STREAM = 'text/event-stream';

/**
 * Asks the sandbox once, without the pace: that is the replay's.
 *
 * @param {URL} sandbox
 * @param {{head: string, body: Buffer}} request
 * @returns {Promise<{pieces: Buffer[], intervalMs: number}>} what to write, and how long after one another
 */
export async function record(sandbox, { head, body }) {
  const text = body.toString();
  const answer = await answerOf(sandbox, head, text.replace(PACE, ''));
  const { type } = answer;
  if (!type.startsWith(EVENT_STREAM)) {
    const length = Buffer.byteLength(answer.text);
    return { pieces: [bytesOf(`content-length: ${length}`, answer, answer.text)], intervalMs: 0 };
  }
  const pace = PACE.exec(text);
  const parts = pace ? partsOf(answer.text) : [answer.text];
  const chunks = parts.map((part) => `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`);
  const [first, ...others] = [...chunks.slice(0, -1), `${chunks.at(-1)}0\r\n\r\n`];
  return {
    pieces: [
      bytesOf('transfer-encoding: chunked', answer, first),
      ...others.map((chunk) => Buffer.from(chunk)),
    ],
    intervalMs: pace ? 1000 / Number(pace[1]) : 0,
  };
}

function bytesOf(framing, { status, type }, rest) {
  return Buffer.from(
    `HTTP/1.1 ${status} Replayed\r\ncontent-type: ${type}\r\n${framing}\r\nconnection: keep-alive\r\n\r\n${rest}`,
  );
}

function answerOf(sandbox, head, body) {
  const [method, path] = head.split(' ', 2);
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    authorization: 'Bearer sandbox',
  };
  return new Promise((resolve, reject) => {
    const request = ask(new URL(path, sandbox), { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece) => (text += piece));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode, type: response.headers['content-type'], text }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** A stream's events, one with text a part: what comes before the first goes with it, what follows the last, too. */
function partsOf(stream) {
  const parts = [];
  let part = '';
  let isLast = false;
  for (const event of stream.split(/(?<=\n\n)/)) {
    const hasText = /"content":"[^"]/.test(event);
    if (hasText && isLast) {
      parts.push(part);
      part = '';
    }
    isLast ||= hasText;
    part += event;
  }
  return [...parts, part];
}
