/** JSON in which a number keeps the digits that were written, so that no price passes through a float. */
export type ExactJson = null | boolean | string | ExactNumber | readonly ExactJson[] | ExactObject;
export type ExactObject = ReadonlyMap<string, ExactJson>;

/** A number as it is written. */
export class ExactNumber {
  constructor(readonly literal: string) {}
}

/** Text that is not JSON, or names a member twice; the message says where. */
export class ExactJsonError extends Error {
  override readonly name = 'ExactJsonError';
}

const MAX_DEPTH = 64;
/** Space, tab, line feed and carriage return. */
const SPACES: ReadonlySet<number> = new Set([32, 9, 10, 13]);
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]+|\\.)*"/y;
/** One whose end is not there. */
const CUT_STRING = /"(?:[^"\\\u0000-\u001f]+|\\.)*\\?$/y;
const WORDS = [
  ['null', null],
  ['true', true],
  ['false', false],
] as const;

/** The value as an object; undefined where it is none. */
export function asObject(value: ExactJson | undefined): ExactObject | undefined {
  return value instanceof Map ? (value as ExactObject) : undefined;
}

/** The entries of a list; none where the value is no list. */
export function entriesOf(value: ExactJson | undefined): readonly ExactJson[] {
  return Array.isArray(value) ? (value as readonly ExactJson[]) : [];
}

/** The text that a member of an object is. */
export function textIn(object: ExactObject | undefined, name: string): string | undefined {
  const value = object?.get(name);
  return typeof value === 'string' ? value : undefined;
}

/** A whole number above zero; undefined for anything else. */
export function countOf(value: ExactJson | undefined): number | undefined {
  const count = value instanceof ExactNumber ? Number(value.literal) : NaN;
  return Number.isSafeInteger(count) && count > 0 ? count : undefined;
}

/** @throws ExactJsonError naming line and column, for a text that is cut, not JSON, or has a member twice */
export function parseExactJson(text: string): ExactJson {
  const reader = new ExactJsonReader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

class ExactJsonReader {
  private at = 0;

  constructor(private readonly text: string) {}

  value(depth: number): ExactJson {
    this.skipSpace();
    if (depth > MAX_DEPTH) this.fail('is nested too deep');
    const next = this.text[this.at];
    if (next === '{') return this.object(depth);
    if (next === '[') return this.list(depth);
    if (next === '"') return this.string();
    const known = WORDS.find(([word]) => this.text.startsWith(word, this.at));
    if (known) {
      const [word, value] = known;
      this.at += word.length;
      return value;
    }
    const literal = this.take(NUMBER);
    return literal === '' ? this.fail('is not JSON') : new ExactNumber(literal);
  }

  end(): void {
    this.skipSpace();
    if (this.at < this.text.length) this.fail('goes on after its end');
  }

  private object(depth: number): ExactObject {
    const members = new Map<string, ExactJson>();
    this.entries('}', () => {
      const start = this.at;
      const name = this.string();
      if (members.has(name)) {
        this.at = start;
        this.fail(`has ${JSON.stringify(name)} twice`);
      }
      this.skipSpace();
      this.expect(':');
      members.set(name, this.value(depth + 1));
    });
    return members;
  }

  private list(depth: number): readonly ExactJson[] {
    const entries: ExactJson[] = [];
    this.entries(']', () => entries.push(this.value(depth + 1)));
    return entries;
  }

  private entries(close: string, read: () => void): void {
    this.at++;
    this.skipSpace();
    if (this.text[this.at] === close) {
      this.at++;
      return;
    }
    for (;;) {
      this.skipSpace();
      read();
      this.skipSpace();
      if (this.text[this.at] === close) break;
      this.expect(',');
    }
    this.at++;
  }

  private string(): string {
    const literal = this.take(STRING);
    if (literal === '') {
      this.take(CUT_STRING);
      return this.fail('is not JSON');
    }
    // Most have no escapes, and are what stands between the quotes.
    if (!literal.includes('\\')) return literal.slice(1, -1);
    try {
      return JSON.parse(literal) as string;
    } catch {
      return this.fail('is not JSON');
    }
  }

  private expect(character: string): void {
    if (this.text[this.at] !== character) this.fail('is not JSON');
    this.at++;
  }

  private skipSpace(): void {
    while (SPACES.has(this.text.charCodeAt(this.at))) this.at++;
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const taken = pattern.exec(this.text)?.[0] ?? '';
    this.at += taken.length;
    return taken;
  }

  private fail(problem: string): never {
    const before = this.text.slice(0, this.at);
    const line = before.split('\n').length;
    const column = this.at - before.lastIndexOf('\n');
    const reason = this.at >= this.text.length ? 'ends in the middle' : problem;
    throw new ExactJsonError(`${reason}, at line ${line}, column ${column}`);
  }
}
