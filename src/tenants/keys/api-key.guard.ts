import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Principal } from '../../core/principal.js';
import { AddressRulesService } from '../access/address-rules.service.js';
import { AuthenticationFailuresService } from '../access/authentication-failures.service.js';
import { ApiKeyService } from './api-key.service.js';
import { hashKeyHex } from './key-format.js';
import { presentedKey } from './presented-key.js';

/** On the request itself: a table beside it would cost every call a place that must be collected again. */
const PRINCIPAL = Symbol('principal');

type Carrier = object & { [PRINCIPAL]?: Principal };

/** On the connection: who sends many calls over one presents the same key with each. */
const HASHED = Symbol('hashed');

interface HashedKey {
  readonly key: string;
  readonly hash: string;
}

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
      const key = presentedKey(request.headers);
      principal = this.keys.authenticate(key, key && hashOf(key, request.socket));
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

function hashOf(key: string, connection: Socket & { [HASHED]?: HashedKey }): string {
  const before = connection[HASHED];
  if (before?.key === key) return before.hash;
  const hash = hashKeyHex(key);
  connection[HASHED] = { key, hash };
  return hash;
}
