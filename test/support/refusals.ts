import { GatewayError } from '../../src/core/errors.js';

/** The error by which a call is refused. @throws Error where it is admitted, or fails in another way */
export async function refusalOf(call: Promise<unknown>): Promise<GatewayError> {
  const error: unknown = await call.then(
    () => 'admitted',
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof GatewayError)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

/** Headers that are names and values in turn, of an answer or an error. */
export function headerValues(headers: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: headers.length / 2 }, (_, at) => [headers[2 * at], headers[2 * at + 1]]),
  );
}
