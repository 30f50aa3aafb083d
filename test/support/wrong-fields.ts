import { expect } from '@jest/globals';
import type { AdminClient } from './admin-caller.js';

/** What is no text of one line of at most 100 characters. */
export const WRONG_TEXTS: readonly unknown[] = [
  ...[1, true, {}, ['a'], '', '   ', 'x'.repeat(101)],
  ...['a\r\nb', 'a\nb', 'a\u0000b', 'a\u001b[31mb', 'a\u2028b', '\ud800'],
];

/** What is no id of a `prefix`. */
export function wrongIds(prefix: string): readonly unknown[] {
  return [
    ...[1, false, {}, [`${prefix}1`], '', 'x', prefix, `${prefix}${'1'.repeat(100)}`],
    ...[`${prefix}1\r\n`, `${prefix}1\u0000`, `${prefix}%`, `zzz_1`, ` ${prefix}1`],
  ];
}

/** What is no time that a key could end at. */
export const WRONG_TIMES: readonly unknown[] = [
  ...[1, true, {}, '', 'tomorrow', '2040-13-01T00:00:00Z', '2040-01-01T00:00:00Z\r\n'],
  ...['2001-01-01T00:00:00Z', `2040-01-01${'0'.repeat(100)}`, '2040-W01'],
];

/** A request with a body that is right but for one field. */
export interface Attempt {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly right: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly wrong: Readonly<Record<string, readonly unknown[]>>;
}

/** Sends every wrong value, leaves every required field out and adds an unknown one: 400, naming the field. */
export async function expectRefusals(client: AdminClient, attempt: Attempt): Promise<void> {
  const { method, path, right, required = [], wrong } = attempt;
  const bodies: [field: string, body: unknown][] = [
    ...Object.entries(wrong).flatMap(([field, values]) =>
      values.map((value): [string, unknown] => [field, { ...right, [field]: value }]),
    ),
    ...required.map((field): [string, unknown] => [field, { ...right, [field]: undefined }]),
    ['unknown_field', { ...right, unknown_field: 1 }],
    ['organization_id', { ...right, organization_id: 'org_1' }],
    ['version', { ...right, version: 1 }],
  ];
  for (const [field, body] of bodies) {
    const answer = await client.send(method, path, body);
    const told = [answer.status, answer.body?.error?.code, answer.body?.error?.param, body];
    expect(told).toEqual([400, 'invalid_parameter', field, body]);
  }
  for (const [body, code] of [
    ['[]', 'invalid_json'],
    ['{', 'invalid_json'],
    ['1', 'invalid_json'],
  ]) {
    const answer = await client.send(method, path, body);
    expect([answer.status, answer.body?.error?.code]).toEqual([400, code]);
  }
}
