import type { IncomingMessage } from 'node:http';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Principal } from '../../core/principal.js';
import { AddressRulesService } from '../access/address-rules.service.js';
import { AuthenticationFailuresService } from '../access/authentication-failures.service.js';
import { ApiKeyService } from './api-key.service.js';
import { presentedKey } from './presented-key.js';

/** On the request itself: a table beside it would cost every call a place that must be collected again. */
const PRINCIPAL = Symbol('principal');

type Carrier = object & { [PRINCIPAL]?: Principal };

/** The principal that the guard found for a request. @throws Error where the guard did not run. */
export function principalOf(request: Carrier): Principal {
  const principal = request[PRINCIPAL];
  if (!principal) throw new Error('the route has no ApiKeyGuard');
  return principal;
}

/** Lets requests with a valid API key in, from where its rules let it be used. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly keys: ApiKeyService,
    private readonly addressRules: AddressRulesService,
    private readonly failures: AuthenticationFailuresService,
  ) {}

  /** At once where the key is in memory. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<IncomingMessage>();
    let principal: Principal | Promise<Principal>;
    try {
      principal = this.keys.authenticate(presentedKey(request.headers));
    } catch (error) {
      throw this.failures.count(error, request);
    }
    if (principal instanceof Promise) return this.admitLater(request, principal);
    return this.admit(request, principal);
  }

  private async admitLater(request: IncomingMessage, principal: Promise<Principal>): Promise<true> {
    try {
      return this.admit(request, await principal);
    } catch (error) {
      throw this.failures.count(error, request);
    }
  }

  private admit(request: IncomingMessage & Carrier, principal: Principal): true {
    this.addressRules.check(request, principal);
    request[PRINCIPAL] = principal;
    return true;
  }
}
