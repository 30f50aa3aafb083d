import { readdirSync, readFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { isJson, object, parse, text, optionalText, type Json } from './json.js';
import { operationIn } from './operation.js';
import type { RecordedCase, RecordingFormat, UnreadableCase } from './recorded-case.js';

const BODY_FILES: Readonly<Record<RecordingFormat, string>> = {
  json: 'response.json',
  sse: 'response.sse',
  chunks: 'response.chunks',
  eventstream: 'response.eventstream',
  ndjson: 'response.ndjson',
  'ws-jsonl': 'events.jsonl',
  raw: 'response.raw',
};

/** Dialects that recordings name by the path of a call. */
const DIALECTS: Readonly<Record<string, string>> = { rawPredict: 'messages' };

const MAX_DEPTH = 4;

export interface LoadedCases {
  readonly cases: readonly RecordedCase[];
  readonly unreadable: readonly UnreadableCase[];
}

/**
 * Reads every case below a folder, in the order of their names. The folder may hold providers, a level above them
 * (`dev/openai/…`), or be a single provider's.
 */
export function loadCases(folder: string): LoadedCases {
  const cases: RecordedCase[] = [];
  const unreadable: UnreadableCase[] = [];
  for (const directory of caseDirectories(path.resolve(folder), MAX_DEPTH)) {
    const name = `${path.basename(path.dirname(directory))}/${path.basename(directory)}`;
    const loaded = loadCase(directory, name);
    if ('problem' in loaded) unreadable.push(loaded);
    else cases.push(loaded);
  }
  return { cases: cases.sort((one, other) => (one.name < other.name ? -1 : 1)), unreadable };
}

function caseDirectories(directory: string, depth: number): string[] {
  if (existsSync(path.join(directory, 'meta.json'))) return [directory];
  if (depth === 0) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => caseDirectories(path.join(directory, entry.name), depth - 1));
}

function loadCase(directory: string, name: string): RecordedCase | UnreadableCase {
  const meta = readJson(path.join(directory, 'meta.json'));
  if (!isJson(meta)) return { name, problem: 'meta.json is not a JSON object' };
  const format = formatOf(directory, meta);
  if (format === undefined) return { name, problem: 'no recorded answer' };
  const request = readJson(path.join(directory, 'request.json'));
  return {
    name,
    folder: text(meta['provider']) || path.basename(path.dirname(directory)),
    api: DIALECTS[text(meta['api'])] ?? text(meta['api']),
    model: optionalText(meta['model']),
    stream: format === 'json' ? object(request)['stream'] === true : meta['stream'] === true,
    format,
    status: typeof meta['http_status'] === 'number' ? meta['http_status'] : undefined,
    headers: headersOf(meta),
    features: Array.isArray(meta['features'])
      ? meta['features'].filter((tag) => typeof tag === 'string')
      : [],
    pair: optionalText(meta['pair']),
    operation: operationIn(text(meta['url'])),
    request: isJson(request) ? request : undefined,
    response: readFileSync(path.join(directory, BODY_FILES[format])),
  };
}

/** The format that meta.json names if its file is there, else that of the file that is. */
function formatOf(directory: string, meta: Json): RecordingFormat | undefined {
  const formats = Object.keys(BODY_FILES) as RecordingFormat[];
  const named = formats.filter((format) => format === meta['format']);
  return [...named, ...formats].find((format) =>
    existsSync(path.join(directory, BODY_FILES[format])),
  );
}

function headersOf(meta: Json): Record<string, string> {
  const entries = Object.entries(object(meta['response_headers']));
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function readJson(file: string): unknown {
  return existsSync(file) ? parse(readFileSync(file, 'utf8')) : undefined;
}
