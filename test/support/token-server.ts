import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportPKCS8, generateKeyPair, jwtVerify, type JWTVerifyResult } from 'jose';

/** A stand-in for Google's token server that knows one service account. */
export interface TokenServer {
  /** The account's key, as Google gives it to people. */
  readonly key: string;
  readonly tokenUrl: string;
  /** Assertions with which tokens were asked for, in order; each is verified. */
  readonly assertions: JWTVerifyResult[];
  /** The answers from now on; `{n}` in them is the number of the request. */
  answer: { status: number; body: string };
  /** Holds answers back until it is resolved. */
  hold: Promise<void>;
  close(): Promise<void>;
}

export const GOOD_ANSWER = {
  status: 200,
  body: JSON.stringify({ access_token: 'ya29.token-{n}', expires_in: 3599, token_type: 'Bearer' }),
};

/** Starts it on a free loopback port. */
export async function startTokenServer(): Promise<TokenServer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const http = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      serve(Buffer.concat(pieces).toString(), response).catch(() => response.destroy());
    });
  });
  const serve = async (form: string, response: ServerResponse): Promise<void> => {
    const assertion = new URLSearchParams(form).get('assertion') ?? '';
    const number = server.assertions.push(await jwtVerify(assertion, publicKey));
    await server.hold;
    const { status, body } = server.answer;
    const headers = { 'content-type': 'application/json' };
    response.writeHead(status, headers).end(body.replaceAll('{n}', String(number)));
  };
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const tokenUrl = `http://127.0.0.1:${port}/token`;
  const account = {
    type: 'service_account',
    project_id: 'our-project',
    private_key_id: 'a1b2c3d4e5f64836',
    private_key: await exportPKCS8(privateKey),
    client_email: 'gateway@our-project.iam.gserviceaccount.com',
    token_uri: tokenUrl,
  };
  const server: TokenServer = {
    key: JSON.stringify(account, undefined, 2),
    tokenUrl,
    assertions: [],
    answer: GOOD_ANSWER,
    hold: Promise.resolve(),
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;
}
