import type { ErrorBody } from '../../core/errors.js';
import { isObject } from '../../core/json-object.js';

/** Most characters of JSON that are kept of a request, and as many of an answer. */
export const MAX_KEPT = 1024 * 1024;
/** Where a part is too long, texts in it beyond this length are cut: mostly images and files. */
const LONG_TEXT = 8 * 1024;

/** What a call was about. */
export interface CallContent {
  /** As it was sent. */
  readonly request: unknown;
  /** As the client got it; null where none came. */
  readonly answer: unknown;
  readonly error: ErrorBody['error'] | null;
  /** Whether a part of the answer is missing already. */
  readonly truncated: boolean;
}

/** What a sealed body is bound to. */
export function bodyContext(callId: string, organizationId: string): readonly string[] {
  return [callId, organizationId];
}

/** The content as the text that is sealed, bounded in length. */
export function bodyText({ request, answer, error, truncated }: CallContent): string {
  const [sent, received] = [bounded(request), bounded(answer)];
  const isCut = truncated || sent.isCut || received.isCut;
  return `{"request":${sent.json},"answer":${received.json},"error":${JSON.stringify(error)},"truncated":${isCut}}`;
}

/** What bodyText wrote. */
export function readBodyText(text: string): {
  request: unknown;
  answer: unknown;
  error: Record<string, unknown> | null;
  truncated: boolean;
} {
  const { request, answer, error, truncated } = JSON.parse(text) as Record<string, unknown>;
  return {
    request: request ?? null,
    answer: answer ?? null,
    error: isObject(error) ? error : null,
    truncated: truncated === true,
  };
}

/** First its long texts are cut; what is too long even then is kept as the beginning of its JSON, a text. */
function bounded(value: unknown): { readonly json: string; readonly isCut: boolean } {
  const whole = toJson(value);
  if (whole.length <= MAX_KEPT) return { json: whole, isCut: false };
  const shorter = toJson(value, (_, part: unknown) =>
    typeof part === 'string' ? cut(part) : part,
  );
  if (shorter.length <= MAX_KEPT) return { json: shorter, isCut: true };
  return { json: JSON.stringify(shorter.slice(0, MAX_KEPT / 2)), isCut: true };
}

function cut(text: string): string {
  return text.length <= LONG_TEXT
    ? text
    : `${text.slice(0, LONG_TEXT)}… (${text.length} characters)`;
}

function toJson(value: unknown, replacer?: (key: string, part: unknown) => unknown): string {
  return JSON.stringify(value ?? null, replacer);
}
