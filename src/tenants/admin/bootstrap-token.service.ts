import { Injectable } from '@nestjs/common';
import { ID_PREFIX } from '../../core/ids.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { Environment } from '../../platform/env.js';
import { TenantDatabaseService } from '../../platform/tenant-database.service.js';
import { nextUlid } from '../../platform/ulid.adapter.js';
import { createKey } from '../keys/key-format.js';
import { AdminTokenService } from './admin-token.service.js';

const LIFETIME_MS = 15 * 60_000;

/**
 * How the first operator gets in: who starts the gateway reads a token that works once, within fifteen minutes, and
 * exchanges it for a lasting one. There is none as soon as there is an operator.
 */
@Injectable()
export class BootstrapTokenService {
  constructor(
    private readonly database: TenantDatabaseService,
    private readonly tokens: AdminTokenService,
    private readonly environment: Environment,
  ) {}

  /** A new bootstrap token, to be shown once; undefined where there is an operator. */
  issue(): Promise<string | undefined> {
    return this.database.everywhere(async (transaction) => {
      const now = new Date();
      if (await this.hasOperator(transaction, now)) return undefined;
      const { key, hash, prefix } = createKey('osmadm_');
      const expiresAt = new Date(now.getTime() + LIFETIME_MS);
      const id = ID_PREFIX.adminToken + nextUlid();
      await transaction.adminToken.create({
        data: { id, kind: 'bootstrap', name: 'Bootstrap', hash, prefix, expiresAt },
      });
      return key;
    });
  }

  /** Whether anybody can act as an operator at a moment. */
  async hasOperator(transaction: Prisma.TransactionClient, now: Date): Promise<boolean> {
    if (this.environment.ADMIN_TOKEN !== undefined) return true;
    return (await this.tokens.operatorTokens(transaction, now)) > 0;
  }
}
