import { anthropic } from './anthropic.js';
import { embeddings } from './embeddings.js';
import { gemini } from './gemini.js';
import { openai } from './openai.js';
import type { Dialect, Target } from './types.js';

export type Route =
  | { readonly kind: 'call'; readonly dialect: Dialect; readonly target: Target }
  | { readonly kind: 'models' | 'search' | 'tally' | 'clear' | 'health' | 'unknown' }
  | { readonly kind: 'generation' | 'withhold' | 'release' };

const GEMINI = /^\/v1(?:beta)?\/models\/([^/:]+):(generateContent|streamGenerateContent)$/;

const FIXED: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['POST /v1/chat/completions', { kind: 'call', dialect: openai, target: {} }],
  ['POST /v1/messages', { kind: 'call', dialect: anthropic, target: {} }],
  ['POST /v1/embeddings', { kind: 'call', dialect: embeddings, target: {} }],
  ['POST /v1/search', { kind: 'search' }],
  ['GET /v1/models', { kind: 'models' }],
  ['GET /v1/generation', { kind: 'generation' }],
  ['POST /generations/withhold', { kind: 'withhold' }],
  ['POST /generations/release', { kind: 'release' }],
  ['GET /tally', { kind: 'tally' }],
  ['DELETE /tally', { kind: 'clear' }],
  ['GET /health', { kind: 'health' }],
]);

/** What a method, path and query ask for. */
export function routeOf(method: string, path: string, query: URLSearchParams): Route {
  const fixed = FIXED.get(`${method} ${path}`);
  if (fixed !== undefined) return fixed;
  const [, model, verb] = (method === 'POST' ? GEMINI.exec(path) : null) ?? [];
  if (model === undefined) return { kind: 'unknown' };
  // Google streams a JSON array unless asked for events; the sandbox knows events only.
  if (verb === 'streamGenerateContent' && query.get('alt') !== 'sse') return { kind: 'unknown' };
  const target = { model: decodeModel(model), stream: verb === 'streamGenerateContent' };
  return { kind: 'call', dialect: gemini, target };
}

function decodeModel(model: string): string {
  try {
    return decodeURIComponent(model);
  } catch {
    return model;
  }
}
