import { createInterface } from 'node:readline';

const knownError = 4466;

/**
 * Answers the JSON-RPC requests on standard input, one after the other, until it ends.
 *
 * @param {object} engine
 */
export async function serve(engine) {
  for await (const line of createInterface({ input: process.stdin })) {
    if (!line.trim()) continue;
    const request = JSON.parse(line);
    // Prisma also answers our own `print` requests; these answers carry no method.
    if (request.method) await answer(engine, request);
  }
}

async function answer(engine, { id, method, params }) {
  try {
    send({ id, result: (await call(engine, id, method, params)) ?? null });
  } catch (error) {
    const data = {
      is_panic: false,
      message: error?.message ?? String(error),
      error_code: error?.code,
      meta: error?.meta ?? {},
    };
    const message = 'An error happened. Check the data field for details.';
    send({ id, error: { code: knownError, message, data } });
  }
}

async function call(engine, id, method, params) {
  if (method === 'getDatabaseVersion') return engine.version(params);
  if (typeof engine[method] !== 'function') {
    throw new Error(`The WebAssembly schema engine has no method ${method}`);
  }
  const result = await engine[method](params);
  if (method !== 'diff' || result?.stdout == null) return result;
  // The native engine prints a difference by asking Prisma to do so.
  send({ id: `print-${id}`, method: 'print', params: { content: result.stdout } });
  return { exitCode: result.exitCode };
}

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}
