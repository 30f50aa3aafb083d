import type { IncomingMessage } from 'node:http';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
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

  /** At once where the key is in memory. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<IncomingMessage>();
    const principal = this.keys.authenticate(presentedKey(request.headers));
    if (principal instanceof Promise) return principal.then((found) => admit(request, found));
    return admit(request, principal);
  }
}

function admit(request: object, principal: Principal): true {
  PRINCIPALS.set(request, principal);
  return true;
}
