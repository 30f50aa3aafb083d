import { parseRange } from '../address-ranges.js';
import { invalidParameter, type GatewayError } from '../errors.js';
import { isObject, type JsonObject } from '../json-object.js';
import { parseUsd, type PicoUsd } from '../money.js';
import type { PriceCeiling, RuleKind, RuleSubject } from './rule.js';

const MAX_ENTRIES = 500;
const MAX_NAME = 256;
const CEILINGS = ['input', 'output', 'request'] as const;

/** A visible name; a star may stand at its end alone. */
const PATTERN = /^[^\s*\p{C}]*\*?$/u;
const PLAIN_NAME = /^[^\s*\p{C}]+$/u;

/** The fields of each kind's subject, and how they are read. */
const KINDS: {
  readonly [K in RuleKind]: {
    readonly fields: readonly string[];
    readonly read: (subject: JsonObject) => Extract<RuleSubject, { kind: K }>;
  };
} = {
  ip: {
    fields: ['ranges'],
    read: (subject) => ({
      kind: 'ip',
      ranges: namesOf(
        subject,
        'ranges',
        'an address or a CIDR range',
        (name) => !!parseRange(name),
      ),
    }),
  },
  provider: {
    fields: ['providers'],
    read: (subject) => ({
      kind: 'provider',
      providers: namesOf(subject, 'providers', 'the id of a provider', (name) =>
        PLAIN_NAME.test(name),
      ),
    }),
  },
  model: {
    fields: ['models'],
    read: (subject) => ({
      kind: 'model',
      models: namesOf(
        subject,
        'models',
        'the name of a model, with "*" at its end at most',
        (name) => name !== '' && PATTERN.test(name),
      ),
    }),
  },
  pricing: {
    fields: ['is'],
    read: ({ is }) => {
      if (is !== 'free' && is !== 'paid') throw invalid('is', 'must be free or paid');
      return { kind: 'pricing', is };
    },
  },
  price_ceiling: {
    fields: CEILINGS,
    read: (subject) => ({ kind: 'price_ceiling', ceiling: ceilingOf(subject) }),
  },
};

/**
 * Reads the subject of a rule from JSON: `{models}`, `{providers}`, `{ranges}`, `{is}` or
 * `{input?, output?, request?}` (decimal USD per million tokens, and per request).
 * @throws GatewayError invalid_parameter naming the field below `subject`
 */
export function parseSubject(kind: RuleKind, subject: unknown): RuleSubject {
  if (!isObject(subject)) {
    throw invalidParameter('subject', 'subject must be an object.');
  }
  const { fields, read } = KINDS[kind];
  for (const field of Object.keys(subject)) {
    if (subject[field] !== undefined && !fields.includes(field))
      throw invalid(field, `is not a field of a rule of kind ${kind}`);
  }
  return read(subject);
}

function namesOf(
  subject: JsonObject,
  field: string,
  what: string,
  isValid: (name: string) => boolean,
): readonly string[] {
  const names = subject[field];
  if (!Array.isArray(names)) throw invalid(field, 'must be an array');
  if (names.length === 0 || names.length > MAX_ENTRIES)
    throw invalid(field, `must contain 1 to ${MAX_ENTRIES} entries`);
  return names.map((name: unknown, at) => {
    if (typeof name === 'string' && name.length <= MAX_NAME && isValid(name)) return name;
    throw invalid(`${field}[${at}]`, `must be ${what}`);
  });
}

function ceilingOf(subject: JsonObject): PriceCeiling {
  const given = CEILINGS.filter((field) => subject[field] !== undefined);
  if (given.length === 0) throw invalid('input', 'or output or request must be given');
  return Object.fromEntries(given.map((field) => [field, usdOf(field, subject[field])]));
}

function usdOf(field: string, value: unknown): PicoUsd {
  try {
    if (typeof value === 'string' && !value.startsWith('-')) return parseUsd(value);
  } catch {
    // Told below.
  }
  throw invalid(field, 'must be a decimal in USD, as text');
}

function invalid(field: string, fault: string): GatewayError {
  const param = `subject.${field}`;
  return invalidParameter(param, `${param} ${fault}.`);
}
