import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { ONE } from '../../core/money.js';
import type { Principal, ProjectMode } from '../../core/principal.js';
import { compileRules, type RuleSet } from '../../core/rules/rule-set.js';
import { RULE_SCOPES, type RuleScope } from '../../core/rules/rule.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { TenantDatabaseService } from '../../platform/tenant-database.service.js';
import { keyChain } from './key-chain.js';

/** Who is asked about: a key, a project's calls without a look at the key, or a member's. */
export interface BoundParty {
  readonly kind: 'key' | 'project' | 'member';
  readonly id: string;
}

/** What stands above a call, from the call's own outward. */
type Places = Readonly<Record<Exclude<RuleScope, 'organization'>, readonly string[]>>;

/** Reads what bounds a key, project or member as the database has it now. */
@Injectable()
export class BoundsReaderService {
  constructor(private readonly database: TenantDatabaseService) {}

  /**
   * The principal of a call by this party, at list prices. What it lacks (a project has no key, a member no project)
   * is an empty id without rules; without a project the mode is credits. @throws GatewayError resource_not_found
   */
  principalOf(organizationId: string, party: BoundParty): Promise<Principal> {
    return this.database.within(organizationId, async (transaction) => {
      const organization = await transaction.organization.findFirst({
        where: { id: organizationId, status: { not: 'deleted' } },
      });
      if (!organization) throw noSuch('organization');
      const places = await placesOf(transaction, organizationId, party);
      const [projectId = ''] = places.project;
      return {
        organizationId,
        projectId,
        memberId: places.member[0] ?? null,
        apiKeyId: places.api_key[0] ?? '',
        keyChain: places.api_key,
        mayCreateKeys: false,
        projectMode: await modeOf(transaction, organizationId, projectId),
        planMultiplier: ONE,
        retention: 'metadata',
        rules: await rulesOf(transaction, organizationId, places),
      };
    });
  }
}

async function placesOf(
  transaction: Prisma.TransactionClient,
  organizationId: string,
  { kind, id }: BoundParty,
): Promise<Places> {
  if (kind === 'key') {
    const chain = await keyChain(transaction, organizationId, id);
    if (chain.length === 0) throw noSuch(kind);
    return {
      api_key: chain.map((key) => key.id),
      project: chain.map((key) => key.projectId),
      member: chain.flatMap(({ memberId }) => memberId ?? []),
    };
  }
  const query = { where: { id, organizationId }, select: { id: true } } as const;
  const found =
    kind === 'project'
      ? await transaction.project.findFirst(query)
      : await transaction.member.findFirst(query);
  if (!found) throw noSuch(kind);
  return { api_key: [], project: [], member: [], [kind]: [id] };
}

async function modeOf(
  transaction: Prisma.TransactionClient,
  organizationId: string,
  id: string,
): Promise<ProjectMode> {
  const project = await transaction.project.findFirst({ where: { id, organizationId } });
  return (project?.mode as ProjectMode | undefined) ?? 'credits';
}

async function rulesOf(
  transaction: Prisma.TransactionClient,
  organizationId: string,
  places: Places,
): Promise<RuleSet> {
  const ids: Record<RuleScope, readonly string[]> = { ...places, organization: [organizationId] };
  const rows = await transaction.rule.findMany({
    where: {
      organizationId,
      OR: RULE_SCOPES.map((scope) => ({ scope, scopeId: { in: [...ids[scope]] } })),
    },
  });
  return compileRules(rows.map((row) => ({ ...row, scope: row.scope as RuleScope })));
}

function noSuch(kind: BoundParty['kind'] | 'organization'): GatewayError {
  return new GatewayError('resource_not_found', {
    param: `${kind}_id`,
    message: `There is no such ${kind}.`,
  });
}
