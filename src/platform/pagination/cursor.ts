import { GatewayError } from '../../core/errors.js';

/** A place in a list, as text for a URL; only its list knows what the parts mean. */
export function encodeCursor(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/**
 * The `count` parts of a cursor that `encodeCursor` made.
 * @throws GatewayError invalid_parameter (cursor)
 */
export function decodeCursor(text: string, count: number): string[] {
  const parts = parse(text);
  if (parts?.length !== count) throw noCursor();
  return parts;
}

/** The error of a cursor that is none of this list. */
export function noCursor(): GatewayError {
  return new GatewayError('invalid_parameter', {
    param: 'cursor',
    message: 'cursor is not a next_cursor of this list.',
  });
}

function parse(text: string): string[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  return Array.isArray(value) && value.every(isCursorPart) ? value : undefined;
}

/** Printable ASCII: ids, times and decimals. */
function isCursorPart(part: unknown): part is string {
  return typeof part === 'string' && /^[\x20-\x7e]{0,200}$/.test(part);
}
