import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { ROLES, type AdminActor, type Role } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import { DatabaseService } from '../../platform/database.service.js';
import { Environment } from '../../platform/env.js';
import { AddressRulesService } from '../access/address-rules.service.js';
import { ApiKeyService } from '../keys/api-key.service.js';
import { KeyExistenceService } from '../keys/key-existence.service.js';
import { hashKey, hashKeyHex, isWellFormedKey } from '../keys/key-format.js';
import { presentedKey } from '../keys/presented-key.js';

/** The id under which ADMIN_TOKEN acts. */
export const ENVIRONMENT_TOKEN_ID = 'adm_environment';

interface TokenRow {
  readonly id: string;
  readonly kind: string;
  readonly organization_id: string | null;
  readonly member_id: string | null;
  readonly revoked: boolean;
  readonly expired: boolean | null;
  readonly role: string | null;
  readonly member_status: string | null;
  readonly organization_status: string | null;
}

/** Tokens are few. */
const MAX_FOUND = 10_000;

const MISSING = 'You did not provide an admin token: send it as "Authorization: Bearer osmadm_…".';
const INCORRECT = 'Incorrect admin token. Admin tokens start with "osmadm_".';
const BOOTSTRAP_ONLY = 'A bootstrap token is good for POST /admin/v1/bootstrap and nothing else.';

/**
 * Who uses the admin API. Tokens, members and keys are looked up on every use: the admin API is no hot path, and what
 * was revoked, removed or suspended is refused at once.
 */
@Injectable()
export class AdminAuthenticationService {
  private readonly environmentToken: Uint8Array | undefined;
  /** Hashes of tokens that were found lately, which are not looked for in a batch. */
  private readonly found = new Set<string>();

  constructor(
    private readonly database: DatabaseService,
    private readonly keys: ApiKeyService,
    private readonly addressRules: AddressRulesService,
    private readonly existence: KeyExistenceService,
    { ADMIN_TOKEN }: Environment,
  ) {
    this.environmentToken = ADMIN_TOKEN === undefined ? undefined : hashKey(ADMIN_TOKEN);
  }

  /**
   * The actor behind a request's admin token or API key.
   * @throws GatewayError invalid_api_key, key_disabled, key_expired, ip_not_allowed, ledger_unavailable
   */
  async authenticate(request: IncomingMessage): Promise<AdminActor> {
    const presented = presentedKey(request.headers);
    if (presented === undefined) throw refusal(MISSING);
    if (this.isEnvironmentToken(presented)) return { kind: 'operator', id: ENVIRONMENT_TOKEN_ID };
    if (isWellFormedKey(presented, 'osm_')) return this.authenticateKey(presented, request);
    const row = await this.find(presented);
    if (row.kind !== 'lasting') throw refusal(BOOTSTRAP_ONLY);
    return row.organization_id === null ? { kind: 'operator', id: row.id } : asMember(row);
  }

  /** The actor behind a request's bootstrap token. @throws GatewayError invalid_api_key, key_expired, ledger_unavailable */
  async authenticateBootstrap({ headers }: IncomingMessage): Promise<AdminActor> {
    const row = await this.find(presentedKey(headers) ?? '');
    if (row.kind !== 'bootstrap') throw refusal('This is no bootstrap token.');
    return { kind: 'operator', id: row.id };
  }

  /** Whether an organization exists, for operators; one that was deleted does not. */
  async organizationExists(id: string): Promise<boolean> {
    const { length } = await this.query({
      name: 'admin-organization',
      text: `SELECT 1 FROM organization WHERE id = $1 AND status <> 'deleted'`,
      values: [id],
    });
    return length > 0;
  }

  private isEnvironmentToken(presented: string): boolean {
    return (
      this.environmentToken !== undefined &&
      timingSafeEqual(this.environmentToken, hashKey(presented))
    );
  }

  private async authenticateKey(key: string, request: IncomingMessage): Promise<AdminActor> {
    const principal = await this.keys.authenticate(key);
    if (!principal.mayCreateKeys) throw refusal('This API key may not use the admin API.');
    this.addressRules.check(request, principal);
    const { apiKeyId: id, organizationId, projectId } = principal;
    return { kind: 'api_key', id, organizationId, projectId };
  }

  private async find(token: string): Promise<TokenRow> {
    if (!isWellFormedKey(token, 'osmadm_') || !(await this.mayExist(token)))
      throw refusal(INCORRECT);
    const [row] = await this.query<TokenRow>({
      name: 'admin-token',
      text: `SELECT t.id, t.kind, t.organization_id, t.member_id, t.revoked_at IS NOT NULL AS revoked,
                    t.expires_at <= now() AS expired, m.role, m.status AS member_status,
                    o.status AS organization_status
             FROM admin_token t LEFT JOIN organization o ON o.id = t.organization_id
               LEFT JOIN member m ON m.id = t.member_id AND m.organization_id = t.organization_id
             WHERE t.hash = $1`,
      values: [hashKey(token)],
    });
    if (!row || row.revoked) throw refusal(INCORRECT);
    this.remember(hashKeyHex(token));
    if (row.expired)
      throw new GatewayError('key_expired', { message: 'This admin token has expired.' });
    return row;
  }

  private async mayExist(token: string): Promise<boolean> {
    const hash = hashKeyHex(token);
    return this.found.has(hash) || available(async () => this.existence.mayExist(hash));
  }

  private remember(hash: string): void {
    if (this.found.size >= MAX_FOUND) this.found.clear();
    this.found.add(hash);
  }

  private query<Row extends object>(config: {
    name: string;
    text: string;
    values: unknown[];
  }): Promise<Row[]> {
    return available(async () => (await this.database.pool.query<Row>(config)).rows);
  }
}

/** What Postgres says. @throws GatewayError ledger_unavailable where it says nothing */
async function available<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw new GatewayError('ledger_unavailable', {
      message: 'The database cannot be reached.',
      detail: String(error),
      retryAfterSeconds: 1,
    });
  }
}

/** The role is the member's of this moment. A token outlives neither its member nor its organization. */
function asMember(row: TokenRow): AdminActor {
  const { id, organization_id: organizationId, member_id: memberId } = row;
  const role = ROLES.find((name) => name === row.role);
  const isGone = row.member_status !== 'active' || row.organization_status === 'deleted';
  if (organizationId === null || memberId === null || role === undefined || isGone)
    throw refusal(INCORRECT);
  if (row.organization_status !== 'active')
    throw new GatewayError('key_disabled', { message: 'The organization is suspended.' });
  return { kind: 'member', id, organizationId, memberId, role: role satisfies Role };
}

function refusal(message: string): GatewayError {
  return new GatewayError('invalid_api_key', { message });
}
