import { createServer } from 'node:net';
import { Advice } from '../project.mjs';

/**
 * Makes sure that the gateway will be able to listen, before minutes are spent on preparing it.
 *
 * @param {string | undefined} host
 * @param {string} text value of PORT; 0 stands for any free port
 * @throws {Advice} when it is no port, something else listens there, or nobody may
 */
export async function ensurePortFree(host, text) {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Advice(`PORT must be a number from 0 to 65535, not ${JSON.stringify(text)}.`);
  }
  if (port === 0) return;
  const server = createServer();
  await new Promise((resolve, reject) => {
    server.once('error', (error) => reject(adviceFor(error, host, port)));
    server.listen(port, host, () => server.close(resolve));
  });
}

function adviceFor(error, host, port) {
  const example = `  PORT=${port + 1} npm start`;
  if (error.code === 'EADDRINUSE') {
    return new Advice(
      `Port ${port} is taken. Stop what listens there, or choose another port:\n${example}`,
    );
  }
  return new Advice(
    `Cannot listen on ${host ?? '*'}:${port}: ${error.message}\nTry another port:\n${example}`,
  );
}
