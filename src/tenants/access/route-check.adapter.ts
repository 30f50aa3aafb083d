import type { INestApplication } from '@nestjs/common';
import { DiscoveryService, HttpAdapterHost, MetadataScanner } from '@nestjs/core';
import type { Application } from 'express';
import { AdminGuard } from '../admin/admin.guard.js';
import { ApiKeyGuard } from '../keys/api-key.guard.js';
import { declaredRoutes } from './declared-routes.adapter.js';
import type { RouteAccess } from './route-access.js';
import { differences, type KnownRoute } from './route-differences.js';
import { ROUTES } from './route-table.js';

const GUARDS_METADATA = '__guards__';

/** What Express knows of a registered route; it has no type of its own in public. */
interface RouteLayer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}

/**
 * Compares the routes of an application that is initialized, and those that are answered before it, such as
 * `POST /v1/chat/completions`, with the route table. So that no route is open because somebody forgot it, a process
 * with such a difference must not listen.
 * @throws Error that lists every route that only one of the two knows, or that lacks the guard the table asks for
 */
export function refuseUnknownRoutes(app: INestApplication, hot: readonly string[]): void {
  const { httpAdapter } = app.get(HttpAdapterHost);
  const routed = routesOfExpress(httpAdapter.getInstance<Application>());
  const problems = differences(ROUTES, [...routed, ...hot], declaredBy(app), guardFor);
  if (problems.length > 0) {
    throw new Error(`Routes and src/tenants/access/route-table.ts differ:\n${problems.join('\n')}`);
  }
}

function routesOfExpress(application: Application): string[] {
  const layers = application.router.stack as unknown as readonly RouteLayer[];
  return layers.flatMap(({ route }) =>
    route
      ? Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`)
      : [],
  );
}

/** What the controllers declare: each route with the guards that stand before it. */
function declaredBy(app: INestApplication): KnownRoute[] {
  const scanner = app.get(MetadataScanner, { strict: false });
  return app
    .get(DiscoveryService, { strict: false })
    .getControllers()
    .flatMap(({ instance, metatype }) => {
      if (typeof metatype !== 'function') return [];
      const prototype = Object.getPrototypeOf(instance) as Record<string, object>;
      return scanner.getAllMethodNames(prototype).flatMap((name) => {
        const handler = prototype[name] ?? {};
        const guards = [...guardsOf(metatype), ...guardsOf(handler)];
        return declaredRoutes(metatype, handler).map((route) => ({ route, guards }));
      });
    });
}

function guardsOf(target: object): readonly unknown[] {
  return (Reflect.getMetadata(GUARDS_METADATA, target) as unknown[] | undefined) ?? [];
}

function guardFor({ access }: RouteAccess): unknown {
  if (access === 'public' || access === 'metrics') return undefined;
  return access === 'api_key' ? ApiKeyGuard : AdminGuard;
}
