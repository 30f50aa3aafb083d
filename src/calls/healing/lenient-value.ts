/** What a repair put right. */
export type Damage = 'comments' | 'quotes' | 'trailing_commas' | 'truncation';

/** Where a value that may be damaged ends, and what is visibly wrong with it. */
export interface LenientValue {
  /** Behind its last character. */
  readonly end: number;
  readonly isClosed: boolean;
  readonly damages: readonly Damage[];
}

const OPENING_QUOTES = '"\'`\u201c\u2018';
const BARE_KEY = /[\p{L}_$]/u;
const STRUCTURE = '{}[],:';

/** Reads from an opening bracket to the one that closes it, past strings and comments; loose where JSON is strict. */
export function lenientValue(text: string, start: number): LenientValue {
  const damages = new Set<Damage>();
  let depth = 0;
  let before = '';
  let at = start;
  while (at < text.length) {
    const character = text.charAt(at);
    const next = text.charAt(at + 1);
    if (character === '/' && (next === '/' || next === '*')) {
      damages.add('comments');
      at = commentEnd(text, at);
      continue;
    }
    if (OPENING_QUOTES.includes(character) && STRUCTURE.includes(before || ',')) {
      if (character !== '"') damages.add('quotes');
      at = stringEnd(text, at);
      before = '"';
      continue;
    }
    if (character === '{' || character === '[') depth++;
    if (character === '}' || character === ']') {
      depth--;
      if (before === ',') damages.add('trailing_commas');
    }
    if ((before === '{' || before === ',') && BARE_KEY.test(character)) {
      if (isBareKey(text, at)) damages.add('quotes');
    }
    if (character.trim() !== '') before = character;
    at++;
    if (depth === 0) return { end: at, isClosed: true, damages: [...damages] };
  }
  return { end: text.length, isClosed: false, damages: [...damages, 'truncation'] };
}

/** Whether a name without quotes stands here, and a colon behind it. */
function isBareKey(text: string, at: number): boolean {
  return /^[\p{L}\p{N}_$-]{1,100}\s{0,10}:/u.test(text.slice(at, at + 120));
}

function commentEnd(text: string, at: number): number {
  const isLine = text.charAt(at + 1) === '/';
  const end = isLine ? text.indexOf('\n', at) : text.indexOf('*/', at + 2);
  if (end < 0) return text.length;
  return isLine ? end : end + 2;
}

const CLOSING: Readonly<Record<string, string>> = { '\u201c': '\u201d', '\u2018': '\u2019' };

/** Behind the quote that closes the string. Inside another kind of quotes an apostrophe closes nothing. */
function stringEnd(text: string, start: number): number {
  const open = text.charAt(start);
  const close = CLOSING[open] ?? open;
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\') at++;
    else if (character === close && (open === '"' || isBeforeStructure(text, at + 1)))
      return at + 1;
  }
  return text.length;
}

function isBeforeStructure(text: string, from: number): boolean {
  return /^\s{0,50}(?:[,:}\]]|\/[/*]|$)/.test(text.slice(from, from + 60));
}
