import { TEXT } from './bad-caller.js';

/** Bytes of a request, given the header line with a key. */
type Build = (authorization: string) => string;

const LINE = 'POST /v1/chat/completions HTTP/1.1';
const END = '0\r\n\r\n';
const CHUNKS = `${TEXT.length.toString(16)}\r\n${TEXT}\r\n${END}`;
const LENGTH = `Content-Length: ${TEXT.length}`;

interface Parts {
  readonly line?: string;
  readonly host?: string;
}

/** A request of these header lines and this body; all else is as it should be. */
function request(headers: readonly string[], body: string, parts: Parts = {}): Build {
  const { line = LINE, host = 'Host: gateway\r\n' } = parts;
  return (authorization) =>
    `${line}\r\n${host}${authorization}\r\nContent-Type: application/json\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
}

const coded = (coding: string, line = LINE): Build =>
  request([`Transfer-Encoding:${coding}`], CHUNKS, { line });
const sized = (length: string, body = TEXT): Build => request([`Content-Length: ${length}`], body);
const chunked = (body: string): Build => request(['Transfer-Encoding: chunked'], body);
/** The first chunk of the body behind a size line that ends otherwise. */
const firstChunk = (size: string): Build => chunked(`${size}${TEXT}\r\n${END}`);

const SIZE = TEXT.length.toString(16);

/** Every known way to make two readers of one connection disagree, by name. */
export const SMUGGLERS: readonly (readonly [string, Build])[] = [
  ['a length and chunks', request([LENGTH, 'Transfer-Encoding: chunked'], CHUNKS)],
  ['chunks and a length', request(['Transfer-Encoding: chunked', LENGTH], CHUNKS)],
  [
    'a length of nothing and chunks',
    request(['Content-Length: 0', 'Transfer-Encoding: chunked'], CHUNKS),
  ],
  ['two lengths', request([LENGTH, 'Content-Length: 0'], TEXT)],
  ['the same length twice', request([LENGTH, LENGTH], TEXT)],
  ['a list of lengths', sized(`${TEXT.length}, ${TEXT.length}`)],
  ['chunked twice', request(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], CHUNKS)],
  ['chunked, chunked', coded(' chunked, chunked')],
  ['chunked and then nothing', coded(' chunked,')],
  ['chunked, identity', coded(' chunked, identity')],
  ['gzip, chunked', coded(' gzip, chunked')],
  ['identity', coded(' identity')],
  ['xchunked', coded(' xchunked')],
  ['chunked with a parameter', coded(' chunked;q=1')],
  ['chunked in quotes', coded(' "chunked"')],
  ['chunked behind a vertical tab', coded(' \u000bchunked')],
  ['chunked on a folded line', coded('\r\n chunked')],
  [
    'chunks in HTTP/1.0',
    coded(' chunked', 'POST /v1/chat/completions HTTP/1.0\r\nConnection: keep-alive'),
  ],
  ['a space before the colon of a length', request([`Content-Length : ${TEXT.length}`], TEXT)],
  ['a space before the colon of a coding', request(['Transfer-Encoding : chunked'], CHUNKS)],
  ['a tab before the colon', request(['Transfer-Encoding\t: chunked'], CHUNKS)],
  ['a space before a name', request([' Transfer-Encoding: chunked', LENGTH], TEXT)],
  ['a folded header', request(['X-A: b', ` ${LENGTH}0`, LENGTH], TEXT)],
  ['a header without a colon', request([`Content-Length ${TEXT.length}`], TEXT)],
  ['NUL in a name', request([`Content-Length\0: ${TEXT.length}`], TEXT)],
  ['NUL in a value', request(['X-A: a\0b', LENGTH], TEXT)],
  ['a bare LF in the head', request([`X-A: b\n${LENGTH}`], TEXT)],
  [
    'a bare LF at the end of the head',
    (key) => sized(`${TEXT.length}`)(key).replace('\r\n\r\n', '\r\n\n'),
  ],
  ['bare LFs alone', (key) => sized(`${TEXT.length}`)(key).replaceAll('\r\n', '\n')],
  ['a bare CR', request([`X-A: b\r${LENGTH}`], TEXT)],
  ['a negative length', sized('-1')],
  ['a length with a sign', sized(`+${TEXT.length}`)],
  ['a length in hex', sized(`0x${SIZE}`)],
  ['a length in two words', sized(`${TEXT.length} 0`)],
  ['an empty length', sized('')],
  ['a length beyond 64 bits', sized(`${2n ** 64n + BigInt(TEXT.length)}`)],
  ['the largest length of 64 bits', sized(`${2n ** 64n - 1n}`)],
  ['a negative chunk', firstChunk(`-${SIZE}\r\n`)],
  ['a chunk in 0x', firstChunk(`0x${SIZE}\r\n`)],
  ['a chunk beyond 64 bits', firstChunk('fffffffffffffffff\r\n')],
  ['a chunk with a space', firstChunk(`${SIZE} \r\n`)],
  ['a chunk with a bare LF', firstChunk(`${SIZE}\n`)],
  ['an extension that ends in LF', firstChunk(`${SIZE};a\n`)],
  ['an extension with a CR', firstChunk(`${SIZE};a\rb\r\n`)],
  ['an extension of 20 KB', firstChunk(`${SIZE};${'a'.repeat(20_000)}\r\n`)],
  ['a chunk that is longer than it says', chunked(`${SIZE}\r\n${TEXT}XX${END}`)],
  ['a chunk that ends in LF', chunked(`${SIZE}\r\n${TEXT}\n${END}`)],
  ['a length in the trailer', chunked(`${SIZE}\r\n${TEXT}\r\n0\r\n${LENGTH}\r\n\r\n`)],
  [
    'a whole address as target',
    request([LENGTH], TEXT, { line: 'POST http://other/v1/chat/completions HTTP/1.1' }),
  ],
  [
    'a space in the target',
    request([LENGTH], TEXT, { line: 'POST /v1/chat /completions HTTP/1.1' }),
  ],
  ['HTTP/2.0', request([LENGTH], TEXT, { line: 'POST /v1/chat/completions HTTP/2.0' })],
  ['HTTP/1.2', request([LENGTH], TEXT, { line: 'POST /v1/chat/completions HTTP/1.2' })],
  ['no host', request([LENGTH], TEXT, { host: '' })],
  ['two hosts', request([LENGTH], TEXT, { host: 'Host: gateway\r\nHost: other\r\n' })],
];
