import type { SweepRequest } from './request.js';
import type { Things } from './things.js';

/** A request in which ids of ours have become those of somebody else. */
export interface ForeignRequest {
  /** For example `path :key_id`. */
  readonly what: string;
  readonly place: 'path' | 'query' | 'body';
  readonly request: SweepRequest;
}

/** What takes the place of an id of ours; undefined where a text is none. */
type Swap = (text: string) => string | undefined;

/** The id of the same thing of theirs. */
export function theirsFor(ours: Things, theirs: Things): Swap {
  return (text) => {
    const name = Object.keys(ours.ids).find((key) => ours.ids[key] === text);
    return name === undefined ? undefined : theirs.ids[name];
  };
}

/** An id of the same form that nothing has. */
export function nobodysFor(ours: Things): Swap {
  const known = new Set(Object.values(ours.ids));
  return (text) =>
    known.has(text)
      ? text.replace(/[0-9A-Z]{26}(_\d)?$/, '7ZZZZZZZZZZZZZZZZZZZZZZZZZ$1')
      : undefined;
}

/**
 * The request with one id of ours after the other swapped, wherever one stands, and with all those of its path.
 * `keepsOrganization`: the organization of the path stays ours unless it is one of several ids.
 */
export function foreignRequests(
  request: SweepRequest,
  swap: Swap,
  keepsOrganization: boolean,
): ForeignRequest[] {
  const { params, query, body } = request;
  const ids = Object.keys(params).filter((name) => swap(params[name] ?? '') !== undefined);
  const names = keepsOrganization && ids.length === 1 ? [] : ids;
  const inPath = names.map((name) => ({
    what: `path :${name}`,
    place: 'path' as const,
    request: { ...request, params: swapIn(params, [name], swap) },
  }));
  const whole =
    names.length > 1 && !keepsOrganization
      ? [
          {
            what: 'whole path',
            place: 'path' as const,
            request: { ...request, params: swapIn(params, names, swap) },
          },
        ]
      : [];
  const inQuery = Object.keys(query)
    .filter((name) => swap(query[name] ?? '') !== undefined)
    .map((name) => ({
      what: `query ${name}`,
      place: 'query' as const,
      request: { ...request, query: swapIn(query, [name], swap) },
    }));
  const inBody = Object.entries(body ?? {}).flatMap(([name, value]) => {
    const swapped = typeof value === 'string' ? swap(value) : undefined;
    if (swapped === undefined) return [];
    return [
      {
        what: `body ${name}`,
        place: 'body' as const,
        request: { ...request, body: { ...body, [name]: swapped } },
      },
    ];
  });
  return [...inPath, ...whole, ...inQuery, ...inBody];
}

function swapIn(
  texts: Readonly<Record<string, string>>,
  names: readonly string[],
  swap: Swap,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name,
      names.includes(name) ? (swap(text) ?? text) : text,
    ]),
  );
}
