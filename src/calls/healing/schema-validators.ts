import { createRequire } from 'node:module';
import type * as Ajv from 'ajv';
import type * as Ajv2020 from 'ajv/dist/2020.js';
import { isObject } from '../../core/json-object.js';

/** Whether a value is as the schema says. @throws RangeError for a schema or a value without an end */
export type Validator = (value: unknown) => boolean;

/** Longer schemas are not compiled, characters of JSON. */
export const MAX_SCHEMA = 256 * 1_024;
/** So many compiled schemas are kept, of so many characters in all. */
const MAX_KEPT = 256;
const MAX_KEPT_CHARACTERS = 1_024 * 1_024;

const OPTIONS: Ajv.Options = {
  strict: false,
  validateSchema: false,
  // A format is a remark on a value, not a rule: JSON Schema 2020-12, Validation, section 7.2.1.
  validateFormats: false,
  // A member that only the prototype has is no member.
  ownProperties: true,
  addUsedSchema: false,
  logger: false,
};

interface Compilers {
  readonly older: typeof Ajv.Ajv;
  readonly current: typeof Ajv2020.Ajv2020;
}

/** Validators of JSON Schemas, each compiled once as long as it is among the newest. The first one loads the compilers. */
export class SchemaValidators {
  private readonly compilers = loadCompilers();
  private readonly kept = new Map<string, Validator | undefined>();
  private characters = 0;

  /** How many are kept. */
  get size(): number {
    return this.kept.size;
  }

  /** Undefined for a schema that cannot be checked: too long, with references to elsewhere, or no schema at all. */
  of(schema: unknown): Validator | undefined {
    const text = JSON.stringify(schema);
    if (text.length > MAX_SCHEMA) return undefined;
    const known = this.kept.get(text);
    if (known || this.kept.has(text)) {
      this.kept.delete(text);
      this.kept.set(text, known);
      return known;
    }
    // Kept before it is compiled: one that takes too long is not tried again.
    this.keep(text);
    const validator = compiled(schema, this.compilers);
    this.kept.set(text, validator);
    return validator;
  }

  private keep(text: string): void {
    this.kept.set(text, undefined);
    this.characters += text.length;
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= MAX_KEPT && this.characters <= MAX_KEPT_CHARACTERS) return;
      this.kept.delete(oldest);
      this.characters -= oldest.length;
    }
  }
}

/** Their hundred modules are a part of every start that few processes ever need. */
function loadCompilers(): Compilers {
  const require = createRequire(import.meta.url);
  const { Ajv: older } = require('ajv') as typeof Ajv;
  const { Ajv2020: current } = require('ajv/dist/2020.js') as typeof Ajv2020;
  return { older, current };
}

/** Each schema has a compiler of its own, so that no schema sees the names of another. */
function compiled(schema: unknown, { older, current }: Compilers): Validator | undefined {
  if (!isObject(schema) || '$async' in schema) return undefined;
  const { $schema: dialect, ...rest } = schema;
  const isOlder = typeof dialect === 'string' && dialect.includes('/draft-0');
  try {
    const validate = new (isOlder ? older : current)(OPTIONS).compile(rest);
    return (value) => validate(value);
  } catch {
    return undefined;
  }
}
