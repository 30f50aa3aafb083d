import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { PrismaService } from '../../platform/prisma.service.js';
import { SecretBoxService, type Sealed } from '../../platform/secrets/secret-box.service.js';

const KEPT_HOURS = 48;
const HOUR_MS = 3_600_000;

/** A write that carries an Idempotency-Key. */
export type RepeatableRequest = AdminRequest & {
  readonly idempotency: NonNullable<AdminRequest['idempotency']>;
};

/** An answer as it is stored: sealed, its bytes in base64. */
type StoredAnswer = Record<keyof Sealed, string>;

/** Remembers, for 48 hours, what writes with an Idempotency-Key were answered. */
@Injectable()
export class IdempotencyService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly secrets: SecretBoxService,
  ) {}

  /**
   * Claims the key of a request for this transaction: undefined if it is the first with it, else the first one's
   * answer. While another transaction holds the key, it waits for that one's end.
   * @throws GatewayError idempotency_conflict where the first request was another one
   */
  async claim(
    transaction: Prisma.TransactionClient,
    { actor, idempotency }: RepeatableRequest,
  ): Promise<object | undefined> {
    const { key, method, path, bodyHash } = idempotency;
    const { count } = await transaction.idempotencyRecord.createMany({
      data: { actorId: actor.id, key, method, path, bodyHash, answer: {} },
      skipDuplicates: true,
    });
    if (count > 0) return undefined;
    const where = { actorId_key: { actorId: actor.id, key } };
    const record = await transaction.idempotencyRecord.findUniqueOrThrow({ where });
    const isSame =
      record.method === method &&
      record.path === path &&
      timingSafeEqual(record.bodyHash, bodyHash);
    if (!isSame) {
      throw new GatewayError('idempotency_conflict', {
        param: 'Idempotency-Key',
        shouldRetry: false,
      });
    }
    return this.open(record.answer as StoredAnswer, contextOf(actor.id, key));
  }

  /** Whether the key of a request was used: its change will not be made, but answered as the first one was. */
  async isKnown({ actor, idempotency }: AdminRequest): Promise<boolean> {
    if (idempotency === undefined) return false;
    const where = { actorId: actor.id, key: idempotency.key };
    return (await this.prisma.idempotencyRecord.count({ where })) > 0;
  }

  /** Stores the answer of a request whose key this transaction has claimed. */
  async keep(
    transaction: Prisma.TransactionClient,
    { actor, idempotency: { key } }: RepeatableRequest,
    answer: object,
  ): Promise<void> {
    const sealed = this.secrets.seal(JSON.stringify(answer), contextOf(actor.id, key));
    const stored: StoredAnswer = {
      keyId: sealed.keyId,
      wrappedKey: Buffer.from(sealed.wrappedKey).toString('base64'),
      ciphertext: Buffer.from(sealed.ciphertext).toString('base64'),
    };
    await transaction.idempotencyRecord.update({
      where: { actorId_key: { actorId: actor.id, key } },
      data: { answer: stored },
    });
  }

  /** Forgets what is older than 48 hours; gives how many. For a job. */
  async expireIdempotencyRecords(now: Date): Promise<number> {
    const oldest = new Date(now.getTime() - KEPT_HOURS * HOUR_MS);
    const { count } = await this.prisma.idempotencyRecord.deleteMany({
      where: { createdAt: { lt: oldest } },
    });
    return count;
  }

  private open(stored: StoredAnswer, context: readonly string[]): object {
    const sealed = {
      keyId: stored.keyId,
      wrappedKey: new Uint8Array(Buffer.from(stored.wrappedKey, 'base64')),
      ciphertext: new Uint8Array(Buffer.from(stored.ciphertext, 'base64')),
    };
    return JSON.parse(this.secrets.open(sealed, context).toString('utf8')) as object;
  }
}

function contextOf(actorId: string, key: string): readonly string[] {
  return ['idempotency_record', actorId, key];
}
