import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import { AdminChangeService } from './admin-change.service.js';
import type { BootstrapDto, NewAdminTokenView } from './admin-token.dto.js';
import { AdminTokenService, OPERATOR } from './admin-token.service.js';
import { BootstrapTokenService } from './bootstrap-token.service.js';

const UNUSED = { kind: 'bootstrap', revokedAt: null };

/** Makes the first operator. */
@Injectable()
export class BootstrapService {
  constructor(
    private readonly changes: AdminChangeService,
    private readonly tokens: AdminTokenService,
    private readonly bootstrapTokens: BootstrapTokenService,
  ) {}

  /**
   * A lasting token in exchange for the bootstrap token that came with the request; from now on no bootstrap token
   * works. @throws GatewayError resource_conflict where there is an operator, invalid_api_key where it was just used
   */
  exchange(request: AdminRequest, { name }: BootstrapDto): Promise<NewAdminTokenView> {
    return this.changes.run(request, null, async (change) => {
      const { transaction } = change;
      const now = new Date();
      const own = { ...UNUSED, id: request.actor.id };
      if ((await transaction.adminToken.count({ where: own })) === 0)
        throw new GatewayError('invalid_api_key', { message: 'The bootstrap token was used.' });
      if (await this.bootstrapTokens.hasOperator(transaction, now))
        throw new GatewayError('resource_conflict', { message: 'There is an operator already.' });
      await transaction.adminToken.updateMany({ where: UNUSED, data: { revokedAt: now } });
      return this.tokens.create(change, OPERATOR, { name: name ?? 'First operator' });
    });
  }
}
