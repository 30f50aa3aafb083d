import { RequestMethod } from '@nestjs/common';

/** Keys under which Nest's decorators keep what they were given. */
const METADATA = { path: 'path', method: 'method' } as const;

/**
 * The routes that Nest's decorators declare for a controller's method, such as `GET /admin/v1/me`; empty for a method
 * that is no handler. What a client wrote in its URL (case, slashes, escapes) plays no part in it.
 */
export function declaredRoutes(controller: object, handler: object): string[] {
  const verb = Reflect.getMetadata(METADATA.method, handler) as RequestMethod | undefined;
  if (verb === undefined) return [];
  return pathsOf(controller).flatMap((base) =>
    pathsOf(handler).map((path) => `${RequestMethod[verb]} ${join(base, path)}`),
  );
}

function pathsOf(target: object): readonly string[] {
  return [Reflect.getMetadata(METADATA.path, target) as string | string[]].flat();
}

function join(base: string, path: string): string {
  const joined = `/${base}/${path}`.replace(/\/+/g, '/').replace(/\/$/, '');
  return joined === '' ? '/' : joined;
}
