import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Principal } from '../../core/principal.js';
import { ApiKeyService } from './api-key.service.js';
import { presentedKey } from './presented-key.js';

const PRINCIPALS = new WeakMap<object, Principal>();

/** The principal that the guard found for a request. @throws Error where the guard did not run. */
export function principalOf(request: object): Principal {
  const principal = PRINCIPALS.get(request);
  if (!principal) throw new Error('the route has no ApiKeyGuard');
  return principal;
}

/** Lets requests with a valid API key in. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(private readonly keys: ApiKeyService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    PRINCIPALS.set(request, await this.keys.authenticate(presentedKey(request.headers)));
    return true;
  }
}
