import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { GatewayError, invalidParameter, toGatewayError } from '../../core/errors.js';
import { Deadlines } from '../deadlines.adapter.js';
import { faultOfShape } from './json-shape.js';

export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** Escapes of which a key named __proto__ can be made, or half a surrogate pair. */
const SUSPICIOUS_ESCAPE = /\\u00[5-7]|\\ud[89a-f]/i;

/** Reads request bodies as JSON objects, each within the same size and time. */
export class JsonBodyReader {
  private readonly deadlines: Deadlines;

  constructor(private readonly limits: BodyLimits) {
    this.deadlines = new Deadlines(limits.timeoutMs);
  }

  /** @throws GatewayError unsupported_media_type, request_too_large, request_timeout, invalid_json, invalid_parameter */
  read(request: IncomingMessage): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      checkHeaders(request, this.limits);
      const { maxBytes } = this.limits;
      const pieces: Buffer[] = [];
      let size = 0;
      const fail = (error: GatewayError): void => {
        this.deadlines.met(deadline);
        request.removeListener('data', onData);
        request.pause();
        reject(error);
      };
      const deadline = this.deadlines.begin(() => fail(new GatewayError('request_timeout')));
      const onData = (piece: Buffer): void => {
        size += piece.length;
        if (size > maxBytes) fail(tooLarge(maxBytes));
        else pieces.push(piece);
      };
      request.on('data', onData);
      request.on('error', () => fail(brokenOff()));
      request.on('end', () => {
        this.deadlines.met(deadline);
        try {
          resolve(parseJsonObject(joined(pieces)));
        } catch (error) {
          reject(toGatewayError(error));
        }
      });
    });
  }
}

function checkHeaders({ headers }: IncomingMessage, limits: BodyLimits): void {
  if (!isJson(headers['content-type'])) throw new GatewayError('unsupported_media_type');
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new GatewayError('unsupported_media_type');
  if (Number(headers['content-length'] ?? 0) > limits.maxBytes) throw tooLarge(limits.maxBytes);
}

function isJson(contentType: string | undefined): boolean {
  if (contentType === 'application/json') return true;
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';
}

function joined(pieces: readonly Buffer[]): Buffer {
  const [first] = pieces;
  return pieces.length === 1 && first ? first : Buffer.concat(pieces);
}

function brokenOff(): GatewayError {
  return new GatewayError('request_timeout', { detail: 'the client broke off its body' });
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError('request_too_large', {
    message: `The request body is larger than ${maxBytes} bytes.`,
  });
}

/** Parses bytes into an object. @throws GatewayError invalid_json, invalid_parameter */
export function parseJsonObject(bytes: Buffer): Record<string, unknown> {
  if (!isUtf8(bytes)) {
    throw new GatewayError('invalid_json', { message: 'The request body is not valid UTF-8.' });
  }
  const text = bytes.toString('utf8', hasByteOrderMark(bytes) ? 3 : 0);
  const fault = faultOfShape(text);
  if (fault) throw new GatewayError('invalid_json', { message: `The request body ${fault}.` });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new GatewayError('invalid_json');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new GatewayError('invalid_json', { message: 'The request body must be a JSON object.' });
  }
  if (isSuspicious(text)) refuseHostileValues(value, '');
  return value as Record<string, unknown>;
}

function isSuspicious(text: string): boolean {
  if (text.includes('__proto__')) return true;
  return text.includes('\\u') && SUSPICIOUS_ESCAPE.test(text);
}

/**
 * A key named __proto__ would become a prototype as soon as somebody copies the object; half a surrogate pair is no
 * character and cannot be sent on.
 */
function refuseHostileValues(value: object, path: string): void {
  for (const key of Object.keys(value)) {
    const where = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    if (key === '__proto__') refuse(where, 'is not a field');
    if (!key.isWellFormed()) refuse(where.toWellFormed(), 'is not well-formed Unicode');
    const child: unknown = Reflect.get(value, key);
    if (typeof child === 'string' && !child.isWellFormed())
      refuse(where, 'is not well-formed Unicode');
    if (typeof child === 'object' && child !== null) refuseHostileValues(child, where);
  }
}

function refuse(where: string, reason: string): never {
  throw invalidParameter(where, `${where} ${reason}.`);
}

function hasByteOrderMark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}
