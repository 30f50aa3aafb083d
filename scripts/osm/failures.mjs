import { flagName } from './flags.mjs';

/** What went wrong, and what to do next. Ends the program with 1, or with 2 where the command was wrong. */
export class Failure extends Error {
  constructor(message, advice, exitCode = 1) {
    super(message);
    this.advice = advice;
    this.exitCode = exitCode;
  }
}

/** A command that was not understood. */
export function wrongUsage(message, advice) {
  return new Failure(message, advice, 2);
}

/** What to do about the codes of src/core/errors.ts. */
const adviceByCode = {
  role_not_allowed: 'Use a token with another role: `osm me get` shows yours.',
  resource_not_found:
    'Check the id, and --org: the `list` command of the same noun shows what there is.',
  resource_conflict: 'Look at what there is with `get` or `list`, then decide again.',
  precondition_failed: 'Somebody changed it. Read it again with `get`, then use its version.',
  idempotency_conflict: 'Use another --idempotency-key, or send exactly what was sent before.',
  rate_limit_exceeded: 'Wait a minute, then try again with the right token.',
  route_not_found: 'The gateway is of another version than this command line: update one of them.',
  ledger_unavailable: 'The database cannot be reached. `curl $OSM_URL/health` says what is wrong.',
  internal_error: 'The log of the gateway says more; the request id finds the place.',
};

/** The failure that an error answer means. */
export function refusalOf(response, body, { token }) {
  const { message = `The gateway answered ${response.status}.`, code, param } = body?.error ?? {};
  const requestId = response.headers.get('x-request-id');
  const lines = [message, `(${response.status} ${code ?? ''}, request ${requestId})`];
  return new Failure(lines.join(' '), adviceOn(code, param, token));
}

function adviceOn(code, param, token) {
  if (code === 'invalid_api_key') return tokenAdvice(token);
  if (code === 'invalid_parameter' && param) {
    return `Correct --${flagName(param.replace(/^\w+\./, ''))}; --help shows what it takes.`;
  }
  return adviceByCode[code] ?? 'Run the command with --help to see what it takes.';
}

function tokenAdvice(token) {
  if (!token) {
    return 'Set OSM_ADMIN_TOKEN to an admin token (osmadm_…). The first `npm start` printed one.';
  }
  return 'The token is unknown, revoked or expired: ask an operator for another one.';
}

/** What to do where nothing answers. */
export function connectionAdvice(error) {
  const reason = error.cause?.code ?? error.cause?.message ?? error.message;
  return `(${reason}) Start one with \`npm start\`, or name another with --url or OSM_URL.`;
}
