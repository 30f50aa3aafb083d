import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { presentedKey } from '../keys/presented-key.js';
import { AdminTokenService } from './admin-token.service.js';

/** Lets requests with a valid admin token in. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(private readonly tokens: AdminTokenService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.tokens.authenticate(
      presentedKey(context.switchToHttp().getRequest<Request>().headers),
    );
    return true;
  }
}
