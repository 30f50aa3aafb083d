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
import { accessOf } from '../access/route-table.js';
import { AdminAuthenticationService } from './admin-authentication.service.js';
import { receiveAdminRequest } from './admin-request.adapter.js';

const MAX_BODY_BYTES = 1024 * 1024;

/** Lets in who may use a route of the admin API, as the route table says. */
@Injectable()
export class AdminGuard implements CanActivate {
  private readonly bodies: JsonBodyReader;

  constructor(
    private readonly authentication: AdminAuthenticationService,
    private readonly failures: AuthenticationFailuresService,
    private readonly addresses: ClientAddressService,
    { BODY_TIMEOUT_MS }: Environment,
  ) {
    this.bodies = new JsonBodyReader({ maxBytes: MAX_BODY_BYTES, timeoutMs: BODY_TIMEOUT_MS });
  }

  /**
   * @throws GatewayError invalid_api_key, key_disabled, key_expired, rate_limit_exceeded, role_not_allowed,
   *   resource_not_found, invalid_parameter, and what a body may be refused for
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    const route = accessOfRoute(context);
    const actor = await this.authenticate(request, route);
    if (route.access !== 'bootstrap') await this.authorize(request, route, actor);
    await receiveAdminRequest(request, actor, this.addresses.of(request), this.bodies);
    return true;
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
function accessOfRoute(context: ExecutionContext): RouteAccess {
  const [route = ''] = declaredRoutes(context.getClass(), context.getHandler());
  const access = accessOf(route);
  if (access) return access;
  throw new GatewayError('internal_error', { detail: `the route table does not know ${route}` });
}
