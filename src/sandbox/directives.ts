import { JSON_DAMAGES, type JsonDamage } from './damaged-json.js';
import { isObject } from './json-read.js';

const GARBAGE = ['html', 'empty', 'brokenjson', 'brokensse'] as const;
const FINISHES = ['length', 'content_filter', 'refusal'] as const;
const STATUSES: readonly number[] = [400, 401, 403, 404, 413, 422, 429, 500, 503, 529];

/** Behaviour a request asks of the sandbox. */
export interface Directives {
  readonly id?: string;
  readonly tokens?: number;
  readonly rate?: number;
  readonly latency?: number;
  readonly tool?: string;
  readonly tools?: number;
  readonly reasoning?: number;
  readonly cached?: number;
  readonly error?: number;
  readonly code?: string;
  readonly retryAfter?: number;
  readonly cut?: number;
  readonly stall?: number;
  readonly errorAfter?: number;
  readonly garbage?: (typeof GARBAGE)[number];
  /** How a JSON answer is spoiled. */
  readonly badJson?: JsonDamage;
  readonly finish?: (typeof FINISHES)[number];
  readonly noUsage?: boolean;
  /** Streams tell usage unasked, as those of some providers do. */
  readonly usage?: boolean;
  readonly big?: number;
}

type Reader = (value: string) => Directives;

/** Upper bounds keep a mistyped directive from eating the machine's memory. */
function whole(max: number, build: (value: number) => Directives): Reader {
  return (value) => {
    const number = /^\d{1,12}$/.test(value) ? Number(value) : NaN;
    return number <= max ? build(number) : {};
  };
}

function oneOf<T extends string>(allowed: readonly T[], build: (value: T) => Directives): Reader {
  return (value) => {
    const found = allowed.find((candidate) => candidate === value);
    return found === undefined ? {} : build(found);
  };
}

const DAY_MS = 86_400_000;
const MEGABYTE = 1_048_576;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['id', (id) => ({ id })],
  ['tokens', whole(1_000_000, (tokens) => ({ tokens }))],
  ['rate', whole(1_000_000, (rate) => (rate > 0 ? { rate } : {}))],
  ['latency', whole(DAY_MS, (latency) => ({ latency }))],
  ['tool', (tool) => ({ tool })],
  ['tools', whole(128, (tools) => ({ tools }))],
  ['reasoning', whole(1_000_000, (reasoning) => ({ reasoning }))],
  ['cached', whole(100_000_000, (cached) => ({ cached }))],
  ['error', whole(599, (error) => (STATUSES.includes(error) ? { error } : {}))],
  ['code', (code) => ({ code })],
  ['retry_after', whole(DAY_MS, (retryAfter) => ({ retryAfter }))],
  ['cut', whole(1_000_000, (cut) => ({ cut }))],
  ['stall', whole(1_000_000, (stall) => ({ stall }))],
  ['error_after', whole(1_000_000, (errorAfter) => ({ errorAfter }))],
  ['garbage', oneOf(GARBAGE, (garbage) => ({ garbage }))],
  ['bad_json', oneOf(JSON_DAMAGES, (badJson) => ({ badJson }))],
  ['finish', oneOf(FINISHES, (finish) => ({ finish }))],
  ['no_usage', (value) => ({ noUsage: value === '1' })],
  ['usage', (value) => ({ usage: value === '1' })],
  ['big', whole(64 * MEGABYTE, (big) => ({ big }))],
]);

// Bounded, and without nested repetition, so that a hostile prompt cannot make it backtrack.
const BLOCK = /\[\[([^[\]]{1,2000})\]\]/g;
const METADATA_PREFIX = 'sandbox_';
const NONE: Directives = {};

/** The directives written as `[[key=value …]]` in a text. Unknown keys and bad values are ignored. */
export function parseDirectives(text: string): Directives {
  if (!text.includes('[[')) return NONE;
  let directives = NONE;
  for (const [, block = ''] of text.matchAll(BLOCK)) {
    for (const pair of block.split(/\s+/)) {
      const at = pair.indexOf('=');
      if (at > 0) directives = { ...directives, ...read(pair.slice(0, at), pair.slice(at + 1)) };
    }
  }
  return directives;
}

/** The text without its directive blocks; other double brackets stay. */
export function withoutDirectives(text: string): string {
  if (!text.includes('[[')) return text;
  return text
    .replace(BLOCK, (all, block: string) => (block.includes('=') ? '' : all))
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** The directives in an OpenAI `metadata` object: members whose name starts with `sandbox_`. */
export function directivesFromMetadata(metadata: unknown): Directives {
  if (!isObject(metadata)) return NONE;
  let directives = NONE;
  for (const [key, value] of Object.entries(metadata)) {
    if (!key.startsWith(METADATA_PREFIX) || typeof value !== 'string') continue;
    directives = { ...directives, ...read(key.slice(METADATA_PREFIX.length), value) };
  }
  return directives;
}

function read(key: string, value: string): Directives {
  return value === '' ? NONE : (READERS.get(key)?.(value) ?? NONE);
}
