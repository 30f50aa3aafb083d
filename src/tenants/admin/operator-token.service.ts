import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import { Environment } from '../../platform/env.js';
import type { PageQueryDto } from '../../platform/pagination/page-query.dto.js';
import { TenantDatabaseService } from '../../platform/tenant-database.service.js';
import { AdminChangeService } from './admin-change.service.js';
import type { AdminTokenList, CreateAdminTokenDto, NewAdminTokenView } from './admin-token.dto.js';
import { AdminTokenService, OPERATOR } from './admin-token.service.js';
import { deletedView, type DeletedView } from './deleted.dto.js';

/** Tokens of the operators. */
@Injectable()
export class OperatorTokenService {
  constructor(
    private readonly database: TenantDatabaseService,
    private readonly changes: AdminChangeService,
    private readonly tokens: AdminTokenService,
    private readonly environment: Environment,
  ) {}

  /** @throws GatewayError invalid_parameter (cursor) */
  list(query: PageQueryDto): Promise<AdminTokenList> {
    return this.database.everywhere((transaction) =>
      this.tokens.list(transaction, OPERATOR, query),
    );
  }

  /** @throws GatewayError invalid_parameter (expires_at), and what a change may throw */
  create(request: AdminRequest, body: CreateAdminTokenDto): Promise<NewAdminTokenView> {
    return this.changes.run(request, null, (change) => this.tokens.create(change, OPERATOR, body));
  }

  /** @throws GatewayError resource_not_found, resource_conflict for the last one that works */
  revoke(request: AdminRequest, id: string): Promise<DeletedView> {
    return this.changes.run(request, null, async (change) => {
      const row = await this.tokens.get(change.transaction, OPERATOR, id);
      await this.tokens.revoke(change, row);
      const left = await this.tokens.operatorTokens(change.transaction, new Date());
      if (left === 0 && this.environment.ADMIN_TOKEN === undefined) {
        throw new GatewayError('resource_conflict', {
          message: 'This is the last token of an operator; make another one first.',
        });
      }
      return deletedView('admin_token', id);
    });
  }
}
