import type { AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import type { Prisma, Quota } from '../../generated/prisma/client.js';
import { cursorOfCreated, newestFirst } from '../../platform/pagination/newest-first.js';
import { toList, type Page } from '../../platform/pagination/list.js';
import type { PageQueryDto } from '../../platform/pagination/page-query.dto.js';
import { requireVersion } from '../../tenants/index.js';
import { standingsOf, type QuotaStanding } from './quota-standing.js';

type Where = Prisma.QuotaWhereInput;

/** What the API shows of a row. */
export type QuotaViewer<View> = (row: Quota, standing: QuotaStanding) => View;

/** A page of the limits of an organization that were not deleted. @throws GatewayError invalid_parameter (cursor) */
export async function listQuotas<View>(
  transaction: Prisma.TransactionClient,
  organizationId: string,
  filter: Where,
  query: PageQueryDto,
  view: QuotaViewer<View>,
): Promise<Page<View>> {
  const { where, ...page } = newestFirst(query);
  const rows = await transaction.quota.findMany({
    where: { AND: [{ organizationId, deletedAt: null }, filter, where] },
    ...page,
  });
  const ids = rows.map(({ id }) => id);
  const standing = await standingsOf(transaction, organizationId, ids);
  return toList(rows, query.limit, (row) => view(row, standing(row.id)), cursorOfCreated);
}

/** A limit of the organization, of one of these kinds. @throws GatewayError resource_not_found */
export async function findQuota(
  transaction: Prisma.TransactionClient,
  organizationId: string,
  id: string,
  { kinds, what }: { readonly kinds: readonly string[]; readonly what: string },
): Promise<Quota> {
  const row = await transaction.quota.findFirst({
    where: { id, organizationId, deletedAt: null, kind: { in: [...kinds] } },
  });
  if (row) return row;
  throw new GatewayError('resource_not_found', { message: `There is no such ${what}.` });
}

/** The same for a change of it. @throws GatewayError resource_not_found, precondition_failed */
export async function findQuotaToChange(
  transaction: Prisma.TransactionClient,
  request: AdminRequest,
  organizationId: string,
  id: string,
  sought: { readonly kinds: readonly string[]; readonly what: string },
): Promise<Quota> {
  const row = await findQuota(transaction, organizationId, id, sought);
  requireVersion(request, row.version);
  return row;
}

/** A row as the API shows it now. */
export async function showQuota<View>(
  transaction: Prisma.TransactionClient,
  row: Quota,
  view: QuotaViewer<View>,
): Promise<View> {
  const standing = await standingsOf(transaction, row.organizationId, [row.id]);
  return view(row, standing(row.id));
}
