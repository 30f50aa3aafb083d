import { randomUUID } from 'node:crypto';
import { URLSearchParams } from 'node:url';
import { connectionAdvice, Failure, refusalOf } from './failures.mjs';

/**
 * The gateway that the commands talk to.
 *
 * @param {{url: string, token: string | undefined}} options
 */
export class Connection {
  constructor({ url, token }) {
    this.url = url.replace(/\/+$/, '').replace(/\/v1$/, '');
    this.token = token;
  }

  /**
   * The answer to a request of the admin API: JSON as a value, anything else as the response, to be streamed.
   *
   * @param {{method: string, path: string, query?: [string, string][], body?: object, headers?: object}} request
   * @throws {Failure} that says what to do
   */
  async send({ method, path, query = [], body, headers = {} }) {
    const search = query.length > 0 ? `?${new URLSearchParams(query)}` : '';
    const response = await this.#fetch(`${this.url}${path}${search}`, {
      method,
      headers: {
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...(body && { 'content-type': 'application/json' }),
        // A write that is sent again by the network or by hand is done once.
        ...(method !== 'GET' && { 'idempotency-key': randomUUID() }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    if (response.ok && !isJson) return response;
    const value = isJson ? await response.json() : undefined;
    if (response.ok) return value;
    throw refusalOf(response, value, this);
  }

  async #fetch(url, options) {
    try {
      return await fetch(url, options);
    } catch (error) {
      throw new Failure(`No gateway answers at ${this.url}.`, connectionAdvice(error));
    }
  }
}
