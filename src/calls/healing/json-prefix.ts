import { isToken, isTokenPrefix } from './json-token.js';

/** What the next character may be. */
type Expected =
  | 'value'
  | 'value-or-close'
  | 'key'
  | 'key-or-close'
  | 'colon'
  | 'after'
  | 'string'
  | 'token'
  | 'end';

const SPACE = /^[ \t\n\r]$/;
const HEX = /^[\da-fA-F]$/;
const ESCAPES = '"\\/bfnrt';

/**
 * Reads a text piece by piece as long as it is the beginning of one JSON value (RFC 8259). `safe` tells how much of
 * it may go out: what any repair of the rest leaves as it is. A comma, a key, an opening bracket or a number is not
 * safe before it is known what follows it.
 */
export class JsonPrefix {
  /** Characters read. */
  read = 0;
  safe = 0;
  /** No JSON value begins like this; nothing is read any more. */
  doubt = false;
  private expected: Expected = 'value';
  private readonly stack: string[] = [];
  private safeDepth = 0;
  private isKey = false;
  /** Characters of an escape sequence that has begun. */
  private escape = '';
  private token = '';

  /** Whether what was read is a whole value; at the root a number may be one and still go on. */
  get isComplete(): boolean {
    return (
      this.expected === 'end' ||
      (this.expected === 'token' && this.stack.length === 0 && isToken(this.token))
    );
  }

  /** The next piece of the text; everything from the first doubt on is left. */
  push(piece: string): void {
    for (let at = 0; at < piece.length && !this.doubt; at++) {
      const character = piece.charAt(at);
      if (this.step(character)) this.read++;
      else this.doubt = true;
    }
  }

  /**
   * How a text that ended here is closed: how much of it is kept, and what follows. A text that was cut keeps what is
   * safe, for the rest of a number or a key could have been anything; one whose end was only forgotten keeps all.
   * Undefined where nothing would be left.
   */
  closing(wasCut: boolean): { readonly kept: number; readonly closers: string } | undefined {
    if (!wasCut && this.isWholeSoFar()) {
      return { kept: this.read, closers: this.closersOf(this.stack.length) };
    }
    if (this.safe === 0) return undefined;
    return { kept: this.safe, closers: this.closersOf(this.safeDepth) };
  }

  private isWholeSoFar(): boolean {
    const { expected } = this;
    if (expected === 'string') return !this.isKey && this.escape === '';
    if (expected === 'token') return isToken(this.token);
    // A bracket alone is no answer.
    return expected === 'after' || (expected.endsWith('-or-close') && this.stack.length > 1);
  }

  private closersOf(depth: number): string {
    let closers = this.expected === 'string' && !this.isKey ? '"' : '';
    for (let at = depth - 1; at >= 0; at--) closers += this.stack[at] === '{' ? '}' : ']';
    return closers;
  }

  private step(character: string): boolean {
    if (this.expected === 'string') return this.inString(character);
    if (this.expected === 'token') {
      if (isTokenPrefix(this.token + character)) {
        this.token += character;
        return true;
      }
      if (!isToken(this.token)) return false;
      this.valueEnded();
    }
    return SPACE.test(character) || this.structural(character);
  }

  private structural(character: string): boolean {
    switch (this.expected) {
      case 'value-or-close':
        if (character === ']') return this.close();
        return this.value(character);
      case 'value':
        return this.value(character);
      case 'key-or-close':
        if (character === '}') return this.close();
        return this.key(character);
      case 'key':
        return this.key(character);
      case 'colon':
        this.expected = 'value';
        return character === ':';
      case 'after':
        return this.afterValue(character);
      default:
        return false;
    }
  }

  private value(character: string): boolean {
    if (character === '{' || character === '[') {
      this.stack.push(character);
      this.expected = character === '{' ? 'key-or-close' : 'value-or-close';
      return true;
    }
    if (character === '"') {
      this.expected = 'string';
      this.isKey = false;
      this.markSafe(1);
      return true;
    }
    this.expected = 'token';
    this.token = character;
    return isTokenPrefix(character);
  }

  private key(character: string): boolean {
    this.expected = 'string';
    this.isKey = true;
    return character === '"';
  }

  private afterValue(character: string): boolean {
    const isObject = this.stack.at(-1) === '{';
    if (character === ',') {
      // Only now it is known that the value before had ended; the comma itself may be one too many.
      this.markSafe(0);
      this.expected = isObject ? 'key' : 'value';
      return true;
    }
    return character === (isObject ? '}' : ']') && this.close();
  }

  private close(): boolean {
    this.stack.pop();
    this.valueEnded();
    this.markSafe(1);
    return true;
  }

  private valueEnded(): void {
    this.expected = this.stack.length === 0 ? 'end' : 'after';
  }

  private inString(character: string): boolean {
    if (this.escape !== '') return this.inEscape(character);
    if (character === '\\') {
      this.escape = character;
      return true;
    }
    if (character === '"') {
      if (this.isKey) this.expected = 'colon';
      else this.valueEnded();
      return true;
    }
    if (character < ' ') return false;
    if (!this.isKey) this.markSafe(1);
    return true;
  }

  private inEscape(character: string): boolean {
    this.escape += character;
    const { length } = this.escape;
    if (length === 2 && character !== 'u' && !ESCAPES.includes(character)) return false;
    if (length > 2 && !HEX.test(character)) return false;
    if ((length === 2 && character !== 'u') || length === 6) {
      this.escape = '';
      if (!this.isKey) this.markSafe(1);
    }
    return true;
  }

  /** Everything before the character at hand is safe, and so many characters of it. */
  private markSafe(characters: number): void {
    this.safe = this.read + characters;
    this.safeDepth = this.stack.length;
  }
}
