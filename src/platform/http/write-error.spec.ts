import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GatewayError } from '../../core/errors.js';
import { writeError } from './write-error.adapter.js';

let server: Server;
let url: string;
let answer: (response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    request.once('end', () => answer(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const get = (error: GatewayError) => {
  answer = (response) => writeError(response, error);
  return fetch(url);
};

describe('writeError', () => {
  it('answers with the status and the envelope of the error', async () => {
    const error = new GatewayError('invalid_parameter', {
      param: 'n',
      message: 'Ünfit.',
      detail: 'secret',
    });
    const response = await get(error);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const text = await response.text();
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
    expect(JSON.parse(text)).toEqual(error.toBody());
    expect(text).not.toContain('secret');
  });

  it.each([
    [undefined, null],
    [0, '1'],
    [0.2, '1'],
    [1.2, '2'],
    [30, '30'],
  ])(
    'Retry-After is in whole seconds, at least one: %s → %s',
    async (retryAfterSeconds, header) => {
      const options = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
      const response = await get(new GatewayError('upstream_rate_limited', options));
      expect(response.headers.get('retry-after')).toBe(header);
    },
  );

  it.each([
    [undefined, null],
    [true, null],
    [false, 'false'],
  ])('an SDK is told not to try again only where it must not: %s', async (shouldRetry, header) => {
    const options = shouldRetry === undefined ? {} : { shouldRetry };
    const response = await get(new GatewayError('overloaded', options));
    expect(response.headers.get('x-should-retry')).toBe(header);
  });

  it('cuts an answer that has begun', async () => {
    answer = (response) => {
      response.write('half an answer', () => writeError(response, new GatewayError('overloaded')));
    };
    const response = await fetch(url);
    await expect(response.text()).rejects.toThrow();
  });
});
