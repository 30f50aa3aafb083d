import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a token server was asked. */
export interface TokenQuestion {
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
}

/** A stand-in for a server that gives access tokens for secrets in a form: IBM Cloud IAM, Microsoft Entra ID. */
export interface FormTokenServer {
  readonly url: string;
  /** In order. */
  readonly questions: TokenQuestion[];
  /** The answers from now on; `{n}` in them is the number of the question. */
  answer: { status: number; body: string };
  close(): Promise<void>;
}

export const GIVEN_TOKEN = {
  status: 200,
  body: JSON.stringify({ access_token: 'token-{n}', token_type: 'Bearer', expires_in: 3600 }),
};

/** Starts it on a free loopback port. */
export async function startFormTokenServer(): Promise<FormTokenServer> {
  const http = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(Buffer.concat(pieces).toString()));
      const number = server.questions.push({ path: request.url ?? '', form });
      const { status, body } = server.answer;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body.replaceAll('{n}', String(number)));
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const server: FormTokenServer = {
    url: `http://127.0.0.1:${port}`,
    questions: [],
    answer: GIVEN_TOKEN,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;
}
