import type { Things } from './things.js';

/** Who walks through the routes. */
export type CallerKind =
  'operator' | 'owner' | 'admin' | 'developer' | 'billing' | 'viewer' | 'api_key';

/** A right request to a route. */
export interface Sample {
  readonly body?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Right values of fields that do not go together with this body, by their paths. */
  readonly otherFields?: Readonly<Record<string, unknown>>;
  /** Who may make this request, where not all may whom the route table lets in. */
  readonly callers?: readonly CallerKind[];
  /** The answer, where it is no 2xx. */
  readonly status?: number;
}

/**
 * Right requests by route, the first of them for everybody whom the table lets in. Together they have every field of
 * the route's body.
 */
export type Samples = Readonly<Record<string, (things: Things) => readonly Sample[]>>;
