import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { pipeline } from 'node:stream/promises';
import { wrongUsage } from './failures.mjs';

/** Fields that are shown only once. */
const once = ['key', 'token'];

/**
 * Prints an answer: JSON as it came, or for people.
 *
 * @param {unknown} answer of `Connection.send`
 * @param {{json?: boolean, only?: string, columns?: string[]}} options
 */
export async function print(answer, { json, only, columns }) {
  if (answer?.body instanceof ReadableStream) return pipe(answer);
  if (only) return write(fieldOf(answer, only));
  if (json) return write(`${JSON.stringify(answer, null, 2)}\n`);
  write(Array.isArray(answer.data) ? tableOf(answer, columns) : recordOf(answer));
}

async function pipe(response) {
  await pipeline(Readable.fromWeb(response.body), process.stdout, { end: false });
}

/** `owner.admin_token.token` of an object; of a list, of each entry. */
function fieldOf(answer, path) {
  const entries = Array.isArray(answer.data) ? answer.data : [answer];
  const values = entries.map((entry) => path.split('.').reduce((at, name) => at?.[name], entry));
  if (values.includes(undefined)) {
    throw wrongUsage(`There is no field ${path}.`, 'See what there is with --json.');
  }
  return values.map((value) => `${cellOf(value)}\n`).join('');
}

function write(text) {
  process.stdout.write(text);
}

function tableOf({ data, has_more: hasMore }, columns = Object.keys(data[0] ?? {})) {
  if (data.length === 0) return 'nothing\n';
  const rows = [columns, ...data.map((row) => columns.map((column) => cellOf(row[column])))];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at].length)));
  const lines = rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]))
      .join('  ')
      .trimEnd(),
  );
  const more = hasMore ? ['… there are more: --all shows them, --limit a larger page'] : [];
  return [...lines, ...more, ''].join('\n');
}

function recordOf(answer, indent = '') {
  const entries = Object.entries(answer).filter(([name]) => name !== 'object');
  const width = Math.max(...entries.map(([name]) => name.length));
  const lines = entries.map(([name, value]) =>
    isRecord(value)
      ? `${indent}${name}\n${recordOf(value, `${indent}  `)}`
      : `${indent}${name.padEnd(width)}  ${cellOf(value)}\n`,
  );
  const secret = once.find((name) => typeof answer[name] === 'string');
  const note = secret ? `${indent}Keep the ${secret}: it is not shown again.\n` : '';
  return lines.join('') + note;
}

/** Values may hold what others wrote: nothing of it may steer a terminal. */
function cellOf(value) {
  if (value === null || value === undefined) return '-';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '�');
}

const isRecord = (value) =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).length > 0;
