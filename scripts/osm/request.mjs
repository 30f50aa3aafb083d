import { text } from 'node:stream/consumers';
import { wrongUsage } from './failures.mjs';

/**
 * What is sent for a command.
 *
 * @param {object} operation of `readOperations`
 * @param {{flags: object[], values: object, ids: Record<string, string>, env: object}} given
 *   `ids` are the parameters of the path
 */
export async function requestOf(operation, { flags, values, ids, env }) {
  const query = [];
  const body = {};
  for (const flag of flags) {
    const value = await valueOf(flag, values, env);
    if (value === undefined) {
      if (flag.required) throw missing(flag);
    } else if (flag.place === 'body') place(body, flag.path, value);
    else for (const one of [value].flat()) query.push([flag.path[0], String(one)]);
  }
  if (operation.query.some(({ name }) => name === 'organization_id') && values.org) {
    query.push(['organization_id', values.org]);
  }
  return {
    method: operation.method,
    path: operation.path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(ids[name])),
    query,
    ...(operation.body.length > 0 && { body }),
    headers: headersOf(values),
  };
}

async function valueOf(flag, values, env) {
  const value = values[flag.key];
  if (!flag.secret) return value === true ? true : value;
  if (value === '-') return (await text(process.stdin)).trim();
  return value ?? env.OSM_SECRET;
}

function missing({ flag, secret }) {
  const advice = secret
    ? `Give it by \`--${flag} -\` on standard input, or in OSM_SECRET.`
    : 'Run the command with --help to see what it takes.';
  return wrongUsage(`--${flag} is missing.`, advice);
}

function place(body, path, value) {
  const [last, ...parents] = [...path].reverse();
  const inside = parents.reverse().reduce((at, name) => (at[name] ??= {}), body);
  inside[last] = value;
}

function headersOf({ idempotencyKey, ifVersion }) {
  return {
    ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
    ...(ifVersion !== undefined && { 'if-match': `"${ifVersion}"` }),
  };
}
