import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { ID_PREFIX } from '../../core/ids.js';
import type { Member, Prisma } from '../../generated/prisma/client.js';
import { nextUlid } from '../../platform/ulid.adapter.js';
import type { AdminChange } from '../admin/admin-change.service.js';
import { memberView } from './member-view.js';
import type { CreateMemberDto, MemberView } from './member.dto.js';

/** The rows of members; who may handle whom is known to those who call it. */
@Injectable()
export class MemberRowsService {
  /** A member, removed or not. @throws GatewayError resource_not_found */
  async get(
    transaction: Prisma.TransactionClient,
    organizationId: string,
    id: string,
  ): Promise<Member> {
    const row = await transaction.member.findFirst({ where: { id, organizationId } });
    if (row) return row;
    throw new GatewayError('resource_not_found', { message: 'There is no such member.' });
  }

  /** Adds a member; one who was removed comes back. @throws GatewayError resource_conflict (email) */
  async add(
    { transaction, record }: AdminChange,
    organizationId: string,
    { name, role, ...person }: CreateMemberDto,
  ): Promise<MemberView> {
    const email = person.email.toLowerCase();
    const known = await transaction.member.findFirst({ where: { organizationId, email } });
    if (known?.status === 'active') {
      throw new GatewayError('resource_conflict', {
        param: 'email',
        message: 'The organization has a member with this email already.',
      });
    }
    const row = known
      ? await transaction.member.update({
          where: { id: known.id, organizationId },
          data: { name, role, status: 'active', version: { increment: 1 } },
        })
      : await transaction.member.create({
          data: { id: ID_PREFIX.member + nextUlid(), organizationId, email, name, role },
        });
    const after = memberView(row);
    record({
      action: 'member.create',
      targetKind: 'member',
      targetId: row.id,
      ...(known ? { before: memberView(known) } : {}),
      after,
    });
    return after;
  }

  /** Sees that an organization keeps an active owner beside this one. @throws GatewayError resource_conflict */
  async requireAnotherOwner(
    transaction: Prisma.TransactionClient,
    { id, organizationId, role, status }: Member,
  ): Promise<void> {
    if (role !== 'owner' || status !== 'active') return;
    const others = await transaction.member.count({
      where: { organizationId, role: 'owner', status: 'active', id: { not: id } },
    });
    if (others > 0) return;
    throw new GatewayError('resource_conflict', {
      param: 'role',
      message: 'The organization would be left without an owner.',
    });
  }
}
