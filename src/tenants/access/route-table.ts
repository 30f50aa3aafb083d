import { ownEntry } from '../../core/own-entry.js';
import {
  ACTOR,
  ADMINISTRATORS,
  API_KEY,
  BOOTSTRAP,
  EVERY_ROLE,
  MAKERS,
  members,
  membersAndKeys,
  METRICS,
  MONEY_READERS,
  NOBODY,
  OWNERS,
  PLATFORM,
  PUBLIC,
  READERS,
  type RouteAccess,
  TREASURERS,
} from './route-access.js';

/**
 * Every route of the gateway and who may use it, sorted by path: the only place that says so. A route that is not here
 * is refused, and a process whose routes are others than these does not start.
 */
export const ROUTES: Readonly<Record<string, RouteAccess>> = {
  'GET /admin/v1/audit-log': PLATFORM,
  'GET /admin/v1/audit-runs': PLATFORM,
  'POST /admin/v1/bootstrap': BOOTSTRAP,
  'GET /admin/v1/credentials': PLATFORM,
  'POST /admin/v1/credentials': PLATFORM,
  'DELETE /admin/v1/credentials/:credential_id': PLATFORM,
  'GET /admin/v1/credentials/:credential_id': PLATFORM,
  'PATCH /admin/v1/credentials/:credential_id': PLATFORM,
  'GET /admin/v1/me': ACTOR,
  'GET /admin/v1/organizations': PLATFORM,
  'POST /admin/v1/organizations': PLATFORM,
  'DELETE /admin/v1/organizations/:organization_id': members(OWNERS),
  'GET /admin/v1/organizations/:organization_id': members(EVERY_ROLE),
  // Status and multiplier are for operators: organizations/organization-rights.ts.
  'PATCH /admin/v1/organizations/:organization_id': members(ADMINISTRATORS),
  'GET /admin/v1/organizations/:organization_id/audit-log': members(ADMINISTRATORS),
  'GET /admin/v1/organizations/:organization_id/budget-alerts': members(MONEY_READERS),
  'GET /admin/v1/organizations/:organization_id/budgets': members(MONEY_READERS),
  'POST /admin/v1/organizations/:organization_id/budgets': members(TREASURERS),
  'DELETE /admin/v1/organizations/:organization_id/budgets/:budget_id': members(TREASURERS),
  'GET /admin/v1/organizations/:organization_id/budgets/:budget_id': members(MONEY_READERS),
  'PATCH /admin/v1/organizations/:organization_id/budgets/:budget_id': members(TREASURERS),
  'GET /admin/v1/organizations/:organization_id/credentials': members(ADMINISTRATORS),
  'POST /admin/v1/organizations/:organization_id/credentials': members(ADMINISTRATORS),
  'DELETE /admin/v1/organizations/:organization_id/credentials/:credential_id':
    members(ADMINISTRATORS),
  'GET /admin/v1/organizations/:organization_id/credentials/:credential_id':
    members(ADMINISTRATORS),
  'PATCH /admin/v1/organizations/:organization_id/credentials/:credential_id':
    members(ADMINISTRATORS),
  // A key sees and touches only keys that it made, and gives them no more than it has: keys/key-grant.ts.
  'GET /admin/v1/organizations/:organization_id/keys': membersAndKeys(READERS),
  'POST /admin/v1/organizations/:organization_id/keys': membersAndKeys(MAKERS),
  'DELETE /admin/v1/organizations/:organization_id/keys/:key_id': membersAndKeys(MAKERS),
  'GET /admin/v1/organizations/:organization_id/keys/:key_id': membersAndKeys(READERS),
  'PATCH /admin/v1/organizations/:organization_id/keys/:key_id': membersAndKeys(MAKERS),
  'POST /admin/v1/organizations/:organization_id/keys/:key_id/rotate': members(MAKERS),
  'GET /admin/v1/organizations/:organization_id/limits': members(EVERY_ROLE),
  'POST /admin/v1/organizations/:organization_id/limits': members(TREASURERS),
  'DELETE /admin/v1/organizations/:organization_id/limits/:limit_id': members(TREASURERS),
  'GET /admin/v1/organizations/:organization_id/limits/:limit_id': members(EVERY_ROLE),
  'PATCH /admin/v1/organizations/:organization_id/limits/:limit_id': members(TREASURERS),
  'GET /admin/v1/organizations/:organization_id/members': members(READERS),
  // Owners are for owners: members/member-rights.ts.
  'POST /admin/v1/organizations/:organization_id/members': members(ADMINISTRATORS),
  'DELETE /admin/v1/organizations/:organization_id/members/:member_id': members(ADMINISTRATORS),
  'GET /admin/v1/organizations/:organization_id/members/:member_id': members(READERS),
  'PATCH /admin/v1/organizations/:organization_id/members/:member_id': members(ADMINISTRATORS),
  // Everybody for their own tokens, administrators for those of others: AdminTokenService.
  'GET /admin/v1/organizations/:organization_id/members/:member_id/tokens': members(EVERY_ROLE),
  'POST /admin/v1/organizations/:organization_id/members/:member_id/tokens': members(EVERY_ROLE),
  'DELETE /admin/v1/organizations/:organization_id/members/:member_id/tokens/:token_id':
    members(EVERY_ROLE),
  'GET /admin/v1/organizations/:organization_id/projects': members(READERS),
  'POST /admin/v1/organizations/:organization_id/projects': members(ADMINISTRATORS),
  'DELETE /admin/v1/organizations/:organization_id/projects/:project_id': members(ADMINISTRATORS),
  'GET /admin/v1/organizations/:organization_id/projects/:project_id': members(READERS),
  'PATCH /admin/v1/organizations/:organization_id/projects/:project_id': members(ADMINISTRATORS),
  'GET /admin/v1/organizations/:organization_id/reports/usage': members(MONEY_READERS),
  'GET /admin/v1/organizations/:organization_id/requests': members(EVERY_ROLE),
  'GET /admin/v1/organizations/:organization_id/requests/:request_id': members(EVERY_ROLE),
  'GET /admin/v1/organizations/:organization_id/requests/:request_id/body': members(MAKERS),
  'GET /admin/v1/organizations/:organization_id/requests/export': members(TREASURERS),
  'GET /admin/v1/organizations/:organization_id/rules': membersAndKeys(READERS),
  // Developers and keys put rules on keys only: rules/rule-rights.ts.
  'POST /admin/v1/organizations/:organization_id/rules': membersAndKeys(MAKERS),
  'GET /admin/v1/organizations/:organization_id/rules/:rule_id': membersAndKeys(READERS),
  'PATCH /admin/v1/organizations/:organization_id/rules/:rule_id': membersAndKeys(MAKERS),
  'DELETE /admin/v1/organizations/:organization_id/rules/:rule_id': membersAndKeys(MAKERS),
  'POST /admin/v1/organizations/:organization_id/rules/explain': members(READERS),
  'GET /admin/v1/organizations/:organization_id/statements/:month': members(MONEY_READERS),
  'GET /admin/v1/organizations/:organization_id/usage': members(MONEY_READERS),
  'GET /admin/v1/organizations/:organization_id/wallet': members(MONEY_READERS),
  // What moves money, and credit, is for operators.
  'PATCH /admin/v1/organizations/:organization_id/wallet': members(NOBODY),
  'POST /admin/v1/organizations/:organization_id/wallet/adjustments': members(NOBODY),
  'POST /admin/v1/organizations/:organization_id/wallet/promotions': members(NOBODY),
  'POST /admin/v1/organizations/:organization_id/wallet/refunds': members(NOBODY),
  'POST /admin/v1/organizations/:organization_id/wallet/top-ups': members(NOBODY),
  'GET /admin/v1/organizations/:organization_id/wallet/transactions': members(MONEY_READERS),
  'POST /admin/v1/reconciliations': PLATFORM,
  'GET /admin/v1/reports/drift': PLATFORM,
  'GET /admin/v1/reports/usage': PLATFORM,
  'GET /admin/v1/requests': PLATFORM,
  'GET /admin/v1/requests/:request_id': PLATFORM,
  // For readers of the organization that the body names.
  'POST /admin/v1/rules/explain': ACTOR,
  'GET /admin/v1/tokens': PLATFORM,
  'POST /admin/v1/tokens': PLATFORM,
  'DELETE /admin/v1/tokens/:token_id': PLATFORM,
  'GET /admin/v1/usage': PLATFORM,
  'GET /docs': PUBLIC,
  'GET /docs/openapi.json': PUBLIC,
  'GET /docs/page.css': PUBLIC,
  'GET /docs/page.js': PUBLIC,
  'GET /health': PUBLIC,
  'GET /health/live': PUBLIC,
  'GET /health/ready': PUBLIC,
  'GET /metrics': METRICS,
  'POST /v1/chat/completions': API_KEY,
  'GET /v1/models': API_KEY,
  'GET /v1/models/*id': API_KEY,
};

/** What the table says of a route such as `GET /v1/models`. */
export function accessOf(route: string): RouteAccess | undefined {
  return ownEntry(ROUTES, route);
}
