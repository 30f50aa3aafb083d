import type { Message } from './types.js';

const ECHO_LIMIT = 200;
const CHARACTERS_PER_PROMPT_TOKEN = 4;
const CHARACTERS_PER_PIECE = 8;

const WORDS: readonly string[] = (
  'the quick brown fox jumps over a lazy dog while seven small boats drift along quiet water ' +
  'and morning light falls on green hills where old friends meet to share bread warm tea simple ' +
  'stories about rivers stones birds wind rain clouds stars moons long roads short winters bright ' +
  'summers every answer here is made of plain words'
).split(' ');

// Words with their leading space, long enough that the usual reply is one slice of it.
const SPACED: readonly string[] = Array.from(
  { length: 4096 },
  (_, index) => ` ${WORDS[index % WORDS.length] ?? ''}`,
);

/** `count` tokens from the fixed word list, beginning `offset` words into it. */
export function wordTokens(count: number, offset = 0): string[] {
  if (count <= 0) return [];
  const start = offset % WORDS.length;
  const tokens = SPACED.slice(start, start + count);
  for (let index = tokens.length; index < count; index += 1) {
    tokens.push(` ${WORDS[(start + index) % WORDS.length] ?? ''}`);
  }
  tokens[0] = (tokens[0] ?? '').trimStart();
  return tokens;
}

/** The words of a text, each with the white space before it; joined they give the text back. */
export function splitTokens(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

/** JSON has no words to speak of: it is cut in pieces of equal length. */
export function splitPieces(text: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += CHARACTERS_PER_PIECE) {
    pieces.push(text.slice(at, at + CHARACTERS_PER_PIECE));
  }
  return pieces;
}

/** Prompt tokens of a conversation: a quarter of its characters, at least one. */
export function countPromptTokens(messages: readonly Message[]): number {
  let characters = 0;
  for (const message of messages) characters += message.text.length;
  return Math.max(1, Math.ceil(characters / CHARACTERS_PER_PROMPT_TOKEN));
}

/** The beginning of a text, never ending in half a surrogate pair. */
export function bounded(text: string): string {
  if (text.length <= ECHO_LIMIT) return text;
  const last = text.charCodeAt(ECHO_LIMIT - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? ECHO_LIMIT - 1 : ECHO_LIMIT);
}
