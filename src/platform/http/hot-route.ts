import type { IncomingMessage, ServerResponse } from 'node:http';

const HOT_ROUTES = new WeakSet<object>();

/** What a hot route's method looks like: it takes the bare request and response and answers by itself. */
export type HotHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Marks a controller's method that may be called before Express sees the request. Its guards, path and method stay
 * the ones declared by Nest's decorators.
 */
export function HotRoute() {
  return (
    _target: object,
    _name: string,
    descriptor: TypedPropertyDescriptor<HotHandler>,
  ): void => {
    if (descriptor.value) HOT_ROUTES.add(descriptor.value);
  };
}

export function isHotRoute(method: unknown): method is HotHandler {
  return typeof method === 'function' && HOT_ROUTES.has(method);
}
