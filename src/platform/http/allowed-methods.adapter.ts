import type { Application } from 'express';

/** What Express knows of a registered route; it has no type of its own in public. */
interface RouteLayer {
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
  match(path: string): boolean;
}

/** The methods that the routes of an application take at a path; empty where no route is. */
export function allowedMethods(application: Application, path: string): string[] {
  const layers = application.router.stack as unknown as readonly RouteLayer[];
  const methods = new Set<string>();
  for (const layer of layers) {
    if (!layer.route || !matches(layer, path)) continue;
    for (const method of Object.keys(layer.route.methods)) methods.add(method.toUpperCase());
  }
  return [...methods].sort();
}

function matches(layer: RouteLayer, path: string): boolean {
  try {
    return layer.match(path);
  } catch {
    // A path with a broken escape fits nothing.
    return false;
  }
}
