import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { AdminActor } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import { Environment } from '../../platform/env.js';
import { JsonBodyReader } from '../../platform/http/json-body.adapter.js';
import { AuthenticationFailuresService } from '../access/authentication-failures.service.js';
import { ClientAddressService } from '../access/client-address.service.js';
import { declaredRoutes } from '../access/declared-routes.adapter.js';
import { verdictOn, type RouteAccess } from '../access/route-access.js';
import { bodyLimitOf } from '../access/body-limits.js';
import { accessOf } from '../access/route-table.js';
import { AdminAuthenticationService } from './admin-authentication.service.js';
import { receiveAdminRequest } from './admin-request.adapter.js';

/** Lets in who may use a route of the admin API, as the route table says. */
@Injectable()
export class AdminGuard implements CanActivate {
  /** By the size that they take at most. */
  private readonly bodies = new Map<number, JsonBodyReader>();

  constructor(
    private readonly authentication: AdminAuthenticationService,
    private readonly failures: AuthenticationFailuresService,
    private readonly addresses: ClientAddressService,
    private readonly environment: Environment,
  ) {}

  /**
   * @throws GatewayError invalid_api_key, key_disabled, key_expired, rate_limit_exceeded, role_not_allowed,
   *   resource_not_found, invalid_parameter, and what a body may be refused for
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    const name = routeOf(context);
    const route = accessOfRoute(name);
    const actor = await this.authenticate(request, route);
    if (route.access !== 'bootstrap') await this.authorize(request, route, actor);
    await receiveAdminRequest(request, actor, this.addresses.of(request), this.bodiesOf(name));
    return true;
  }

  private bodiesOf(route: string): JsonBodyReader {
    const maxBytes = bodyLimitOf(route);
    const known = this.bodies.get(maxBytes);
    if (known) return known;
    const timeoutMs = this.environment.BODY_TIMEOUT_MS;
    const reader = new JsonBodyReader({ maxBytes, timeoutMs });
    this.bodies.set(maxBytes, reader);
    return reader;
  }

  private async authenticate(request: Request, route: RouteAccess): Promise<AdminActor> {
    try {
      return route.access === 'bootstrap'
        ? await this.authentication.authenticateBootstrap(request)
        : await this.authentication.authenticate(request);
    } catch (error) {
      throw this.failures.count(error, request);
    }
  }

  private async authorize(request: Request, route: RouteAccess, actor: AdminActor): Promise<void> {
    const { organization_id: organizationId } = request.params;
    const id = typeof organizationId === 'string' ? organizationId : undefined;
    const verdict = verdictOn(route, actor, id);
    if (verdict === 'hidden') throw notFound();
    if (verdict === 'forbidden') throw new GatewayError('role_not_allowed');
    if (actor.kind !== 'operator' || id === undefined) return;
    if (!(await this.authentication.organizationExists(id))) throw notFound();
  }
}

function notFound(): GatewayError {
  return new GatewayError('resource_not_found', { message: 'There is no such organization.' });
}

/** By the handler that runs, not by the URL: however a path is written, the decision is the same. */
function routeOf(context: ExecutionContext): string {
  return declaredRoutes(context.getClass(), context.getHandler())[0] ?? '';
}

function accessOfRoute(route: string): RouteAccess {
  const access = accessOf(route);
  if (access) return access;
  throw new GatewayError('internal_error', { detail: `the route table does not know ${route}` });
}
