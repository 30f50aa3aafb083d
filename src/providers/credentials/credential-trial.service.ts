import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import type { ProviderDefinition } from '../../core/provider.js';
import type { Credential } from '../../core/target.js';
import { IdempotencyService } from '../../tenants/index.js';
import { CredentialCheckService } from './credential-check.service.js';

/** Whether a credential must be tried before it is saved, and the trial. */
@Injectable()
export class CredentialTrialService {
  constructor(
    private readonly checks: CredentialCheckService,
    private readonly idempotency: IdempotencyService,
  ) {}

  /**
   * The moment at which the provider accepted the credential; null where it was not asked or would not say.
   * @param verify false where the caller wants it saved untried
   * @throws GatewayError role_not_allowed where only an operator may want that; as CredentialCheckService
   */
  async run(
    request: AdminRequest,
    provider: ProviderDefinition,
    credential: Credential,
    verify: boolean,
  ): Promise<Date | null> {
    if (!verify) {
      if (request.actor.kind === 'operator') return null;
      throw new GatewayError('role_not_allowed', {
        param: 'verify',
        message: 'Only operators may save a credential that was not tried.',
      });
    }
    // A repeated request gets the first one's answer, whatever the provider says by now.
    if (await this.idempotency.isKnown(request)) return null;
    return (await this.checks.check(provider, credential)) ? new Date() : null;
  }
}
