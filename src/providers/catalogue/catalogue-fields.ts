/** A catalogue file that is not valid; the message names the file, the entry and the field. */
export class CatalogueFileError extends Error {
  override readonly name = 'CatalogueFileError';
}

/** Where a value stands: `subject` is the file and the entry, `path` the field within it. */
export interface Place {
  readonly subject: string;
  readonly path: string;
}

/** @throws CatalogueFileError always. */
export function refuse(place: Place, problem: string): never {
  throw new CatalogueFileError(
    `${place.subject}: ${place.path === '' ? '' : `${place.path}: `}${problem}`,
  );
}

/** An object whose keys are all known, read field by field; what does not fit throws CatalogueFileError. */
export class Fields {
  private constructor(
    private readonly values: Readonly<Record<string, unknown>>,
    readonly place: Place,
  ) {}

  static of(value: unknown, place: Place, known: readonly string[]): Fields {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      refuse(place, 'must be an object');
    const unknownKey = Object.keys(value).find((key) => !known.includes(key));
    if (unknownKey !== undefined)
      refuse(place, `has the unknown key ${JSON.stringify(unknownKey)}`);
    return new Fields(value as Readonly<Record<string, unknown>>, place);
  }

  at(name: string): Place {
    return {
      subject: this.place.subject,
      path: this.place.path === '' ? name : `${this.place.path}.${name}`,
    };
  }

  has(name: string): boolean {
    return this.values[name] !== undefined;
  }

  text(name: string): string {
    const value = this.values[name];
    if (typeof value !== 'string' || value.trim() === '')
      refuse(this.at(name), 'must be a text that is not empty');
    return value;
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    return choiceOf(this.values[name], choices, this.at(name));
  }

  /** True or false. */
  flag(name: string): boolean {
    const value = this.values[name];
    if (typeof value !== 'boolean') refuse(this.at(name), 'must be true or false');
    return value;
  }

  /** A whole number of at least `least`. */
  count(name: string, least = 0): number {
    const value = this.values[name];
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) {
      refuse(this.at(name), `must be a whole number of at least ${least}`);
    }
    return value;
  }

  /** Each entry of a list, read by `read`. */
  list<Entry>(name: string, read: (value: unknown, place: Place) => Entry): readonly Entry[] {
    const value = this.values[name];
    if (!Array.isArray(value)) refuse(this.at(name), 'must be a list');
    const { subject, path } = this.at(name);
    return value.map((entry: unknown, index) =>
      read(entry, { subject, path: `${path}[${index}]` }),
    );
  }

  /** What stands there, to be read by another function. */
  raw(name: string): unknown {
    return this.values[name];
  }
}

/** @throws CatalogueFileError unless the value is one of the choices. */
export function choiceOf<Choice extends string>(
  value: unknown,
  choices: readonly Choice[],
  place: Place,
): Choice {
  const choice = choices.find((candidate) => candidate === value);
  return choice ?? refuse(place, `must be one of ${choices.join(', ')}`);
}
