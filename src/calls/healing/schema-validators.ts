import { Ajv } from 'ajv';
import { Ajv2020, type Options } from 'ajv/dist/2020.js';
import { isObject } from '../../core/json-object.js';

/** Whether a value is as the schema says. @throws RangeError for a schema or a value without an end */
export type Validator = (value: unknown) => boolean;

/** Longer schemas are not compiled, characters of JSON. */
export const MAX_SCHEMA = 256 * 1_024;
/** So many compiled schemas are kept, of so many characters in all. */
const MAX_KEPT = 256;
const MAX_KEPT_CHARACTERS = 1_024 * 1_024;

const OPTIONS: Options = {
  strict: false,
  validateSchema: false,
  // A format is a remark on a value, not a rule: JSON Schema 2020-12, Validation, section 7.2.1.
  validateFormats: false,
  // A member that only the prototype has is no member.
  ownProperties: true,
  addUsedSchema: false,
  logger: false,
};

/** Validators of JSON Schemas, each compiled once as long as it is among the newest. */
export class SchemaValidators {
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
    const validator = compiled(schema);
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

/** Each schema has a compiler of its own, so that no schema sees the names of another. */
function compiled(schema: unknown): Validator | undefined {
  if (!isObject(schema) || '$async' in schema) return undefined;
  const { $schema: dialect, ...rest } = schema;
  const isOlder = typeof dialect === 'string' && dialect.includes('/draft-0');
  try {
    const validate = (isOlder ? new Ajv(OPTIONS) : new Ajv2020(OPTIONS)).compile(rest);
    return (value) => validate(value);
  } catch {
    return undefined;
  }
}
