import type { Directives } from './directives.js';

export interface GarbageAnswer {
  readonly type: string;
  readonly body: string;
}

const HTML =
  '<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1>' +
  '</center><hr><center>nginx</center></body></html>';
const BROKEN_JSON = '{"id":"sandbox-broken","choices":[{"index":0,"message":{"role":"assist';
const BROKEN_SSE =
  'data: {"id":"sandbox-broken","choices":[{"index":0,"delta":{"content":"Hel\n\n' +
  'data: this is not JSON\n\nnonsense without a colon\n\n';

/** What a misbehaving proxy or server sends with status 200 instead of an answer. */
export function garbageAnswer(
  garbage: NonNullable<Directives['garbage']>,
  stream: boolean,
): GarbageAnswer {
  const usual = stream ? 'text/event-stream' : 'application/json';
  switch (garbage) {
    case 'html':
      return { type: 'text/html', body: HTML };
    case 'empty':
      return { type: usual, body: '' };
    case 'brokenjson':
      return { type: 'application/json', body: BROKEN_JSON };
    case 'brokensse':
      return { type: 'text/event-stream', body: BROKEN_SSE };
  }
}
