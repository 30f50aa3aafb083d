import { ownEntry } from '../../core/own-entry.js';
import type { RouteAccess } from './route-access.js';

/** A route that a controller declares, such as `GET /v1/models`, and the guards before it. */
export interface KnownRoute {
  readonly route: string;
  readonly guards: readonly unknown[];
}

/**
 * Where the route table and a server's routes differ, a line each: routes that only one of the two has, and routes
 * without the guard that `guardFor` asks for. What is routed but declared by no controller can have no guard, so it
 * has to be public.
 */
export function differences(
  table: Readonly<Record<string, RouteAccess>>,
  routed: readonly string[],
  declared: readonly KnownRoute[],
  guardFor: (access: RouteAccess) => unknown,
): string[] {
  const unknown = [...new Set(routed)].filter((route) => !ownEntry(table, route));
  const missing = Object.keys(table).filter((route) => !routed.includes(route));
  const unguarded = Object.entries(table).filter(([route, access]) => {
    const guard = guardFor(access);
    if (guard === undefined || !routed.includes(route)) return false;
    const declarations = declared.filter((known) => known.route === route);
    return declarations.length === 0 || declarations.some(({ guards }) => !guards.includes(guard));
  });
  return [
    ...unknown.map((route) => `  ${route} is not in the table`),
    ...missing.map((route) => `  ${route} is in the table, but there is no such route`),
    ...unguarded.map(([route, { access }]) => `  ${route} has no guard for "${access}"`),
  ];
}
