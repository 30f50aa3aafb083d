import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { isObject } from '../../core/json-object.js';
import type { ProviderDefinition } from '../../core/provider.js';
import type { Credential } from '../../core/target.js';
import type { ProviderCredential } from '../../generated/prisma/client.js';
import type { UpdateCredentialDto } from './credential.dto.js';
import { addressOfCustom, StoredCredentialService } from './stored-credential.service.js';

/** A credential that takes the place of a stored one, and must be tried like a new one. */
export interface Replacement {
  readonly provider: ProviderDefinition;
  readonly credential: Credential;
  /** Whether it names an address of its own. */
  readonly hasAddress: boolean;
}

/** What a change makes of a stored credential. */
@Injectable()
export class CredentialReplacementService {
  constructor(private readonly stored: StoredCredentialService) {}

  /**
   * Undefined where secret, settings and address stay. A stored secret goes to no other address than it was saved
   * with: whoever wants that must know the secret.
   * @throws GatewayError invalid_parameter (secret, base_url, settings.<name>)
   */
  of(
    row: ProviderCredential,
    body: UpdateCredentialDto,
    provider: ProviderDefinition | undefined,
  ): Replacement | undefined {
    if (!provider) throw new GatewayError('resource_conflict', { message: UNKNOWN_PROVIDER });
    const asked = body.base_url === undefined ? row.baseUrl : body.base_url;
    const address = asked ?? addressOfCustom(provider);
    const { id, organizationId } = row;
    const settings = body.settings ?? (isObject(row.settings) ? row.settings : {});
    const plan = { id, organizationId, provider, settings, baseUrl: address };
    const { secret } = body;
    const draft = this.stored.build({ ...plan, secret: secret ?? '' });
    const hasAddress = address !== null;
    if (secret !== undefined) return { provider, credential: draft, hasAddress };
    const leadsElsewhere = (hasAddress ? draft.baseUrl : null) !== row.baseUrl;
    if (leadsElsewhere && body.base_url !== undefined) throw needsSecret();
    if (body.settings === undefined) return undefined;
    if (draft.origin !== row.origin) throw needsSecret();
    return { provider, credential: { ...draft, secret: this.stored.secretOf(row) }, hasAddress };
  }
}

const UNKNOWN_PROVIDER = 'The gateway does not know this provider any more.';

function needsSecret(): GatewayError {
  return new GatewayError('invalid_parameter', {
    param: 'secret',
    message:
      'secret must be given again when the address changes: a stored secret goes to no other one.',
  });
}
