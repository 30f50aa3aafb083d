/**
 * What the gateway is compared with: the least that a proxy in Node does. It reads a JSON request, sends it on
 * over undici, and adds one field to a JSON answer; streams are copied as they come, with back-pressure.
 */
import { createServer } from 'node:http';
import { Agent } from 'undici';

// The gateway's settings: see src/providers/upstream.client.ts.
const agent = new Agent({
  connections: 4_096,
  pipelining: 1,
  keepAliveTimeout: 30_000,
  headersTimeout: 0,
  bodyTimeout: 0,
  connect: { timeout: 3_000 },
});
const origin = process.env.BARE_UPSTREAM;

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    forward(request.url, Buffer.concat(chunks), response).catch((error) => {
      process.stderr.write(`bare proxy: ${String(error)}\n`);
      response.destroy();
    });
  });
});
server.keepAliveTimeout = 65_000;
server.requestTimeout = 0;

async function forward(path, bytes, response) {
  const request = JSON.parse(bytes.toString());
  const { statusCode, headers, body } = await agent.request({
    origin,
    path,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: request.stream === true ? 'text/event-stream' : 'application/json',
      'accept-encoding': 'identity',
      authorization: 'Bearer sandbox',
    },
    body: JSON.stringify(request),
  });
  if (request.stream === true) {
    response.writeHead(statusCode, { 'content-type': headers['content-type'] });
    body.on('error', () => response.destroy());
    response.on('close', () => body.destroy());
    body.pipe(response);
    return;
  }
  const answer = await body.json();
  answer.gateway = 'bare';
  const text = JSON.stringify(answer);
  response.writeHead(statusCode, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

server.listen(0, '127.0.0.1', () => {
  process.send({ listening: `http://127.0.0.1:${server.address().port}` });
});
process.on('SIGTERM', () => process.exit(0));
