import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { SecretBoxService } from '../../platform/secrets/secret-box.service.js';
import { bodyContext, readBodyText } from '../retention/kept-body.js';
import { RequestDatabaseService } from './request-database.service.js';
import type { RequestBodyView } from './request.dto.js';

/** Reads what organizations keep of the content of their requests. */
@Injectable()
export class RequestBodiesService {
  constructor(
    private readonly database: RequestDatabaseService,
    private readonly secrets: SecretBoxService,
  ) {}

  /** @throws GatewayError resource_not_found where nothing is kept, or no longer */
  async get(organizationId: string, callId: string): Promise<RequestBodyView> {
    const row = await this.database.read(organizationId, (transaction) =>
      transaction.requestBody.findFirst({
        where: { callId, organizationId, expiresAt: { gt: new Date() } },
      }),
    );
    if (!row) {
      throw new GatewayError('resource_not_found', {
        message: 'Nothing is kept of the content of such a request.',
      });
    }
    const plain = this.secrets.open(row, bodyContext(callId, organizationId));
    return {
      object: 'request_body',
      id: callId,
      organization_id: organizationId,
      ...readBodyText(plain.toString('utf8')),
      started_at: row.startedAt.toISOString(),
      expires_at: row.expiresAt.toISOString(),
    };
  }
}
