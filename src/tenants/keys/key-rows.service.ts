import { Injectable } from '@nestjs/common';
import type { AdminActor } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import { ID_PREFIX } from '../../core/ids.js';
import type { ApiKey, Prisma } from '../../generated/prisma/client.js';
import { nextUlid } from '../../platform/ulid.adapter.js';
import { apiKeyView } from './api-key-view.js';
import type { NewApiKeyView } from './api-key.dto.js';
import { madeBy } from './key-descent.js';
import { createKey } from './key-format.js';
import type { KeyGrant } from './key-grant.js';

/** A key that is about to be made. */
export interface NewKeyRow extends KeyGrant {
  readonly organizationId: string;
  readonly parentId: string | null;
  readonly name: string;
}

/** The rows of API keys, as far as an actor may see them. */
@Injectable()
export class KeyRowsService {
  /** The condition for the keys of an organization that an actor may see: a key sees those that it made. */
  visibleTo(actor: AdminActor, organizationId: string): Prisma.ApiKeyWhereInput {
    if (actor.kind !== 'api_key') return { organizationId };
    return { organizationId, projectId: actor.projectId, ...madeBy(actor.id) };
  }

  /** @throws GatewayError resource_not_found, also for a key that the actor may not see */
  async get(
    transaction: Prisma.TransactionClient,
    actor: AdminActor,
    organizationId: string,
    id: string,
  ): Promise<ApiKey> {
    const row = await transaction.apiKey.findFirst({
      where: { AND: [{ id }, this.visibleTo(actor, organizationId)] },
    });
    if (row) return row;
    throw new GatewayError('resource_not_found', { message: 'There is no such API key.' });
  }

  /** Makes a key; the answer is the only place where it stands. */
  async create(transaction: Prisma.TransactionClient, key: NewKeyRow): Promise<NewApiKeyView> {
    const { key: secret, hash, prefix } = createKey('osm_');
    const row = await transaction.apiKey.create({
      data: { id: ID_PREFIX.apiKey + nextUlid(), ...key, hash, prefix },
    });
    return Object.assign(apiKeyView(row), { key: secret });
  }
}
