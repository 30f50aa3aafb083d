import type { ServerResponse } from 'node:http';
import { parseDirectives } from './directives.js';
import { isObject, numberAt, stringAt } from './json-read.js';
import { hostilePages, pagesFor } from './search.js';
import type { Tally } from './tally.js';

const MAX_PAGES = 20;
const HUGE_BYTES = 10 * 1024 * 1024;

/** What `[[search=…]]` in a query asks of the search. */
const WAYS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  none: (response) => send(response, 200, { results: [] }),
  hostile: (response) => send(response, 200, { results: hostilePages() }),
  huge: (response) => send(response, 200, { results: [{ text: 'x'.repeat(HUGE_BYTES) }] }),
  html: (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
  error: (response) => send(response, 500, { error: { message: 'The search failed.' } }),
  // Never answered; the client goes.
  stall: () => undefined,
};

/** When a search came, and who keeps count of it. */
export interface SearchArrival {
  /** Number of the call since the start. */
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly tally: Tally;
}

/** Answers a search of the sandbox, `{query, count}`. */
export function serveSearch(response: ServerResponse, body: string, arrival: SearchArrival): void {
  const asked = parse(body);
  const query = stringAt(asked, 'query') ?? '';
  count(query, response, arrival);
  const [, way = ''] = /\[\[search=(\w+)\]\]/.exec(query) ?? [];
  const special = Object.hasOwn(WAYS, way) ? WAYS[way] : undefined;
  if (special) return special(response);
  const pages = Math.min(MAX_PAGES, Math.max(0, Math.trunc(numberAt(asked, 'count') ?? 5)));
  send(response, 200, { results: pagesFor(query.replace(/\[\[[^\]]*\]\]\s*/g, ''), pages) });
}

function count(
  query: string,
  response: ServerResponse,
  { sequence, startedAt, tally }: SearchArrival,
): void {
  const answerId = `search_sbx${sequence}`;
  const entry = tally.add({
    id: parseDirectives(query).id ?? answerId,
    answerId,
    protocol: 'search',
    model: 'web-search',
    status: 200,
    promptTokens: 0,
    cachedTokens: 0,
    completionTokens: 0,
    reasoningTokens: 0,
    stream: false,
    finished: false,
    aborted: false,
    startedAt,
  });
  response.once('close', () => {
    entry.finished = response.writableFinished;
    entry.aborted = !response.writableFinished;
    tally.changed(entry);
  });
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
