import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../core/principal.js';
import { decide } from '../../core/rules/decide.js';
import { addressError } from './address-refusal.js';
import { ClientAddressService } from './client-address.service.js';

/** Holds requests against the rules about addresses, before anything else is looked at. */
@Injectable()
export class AddressRulesService {
  constructor(private readonly addresses: ClientAddressService) {}

  /** @throws GatewayError ip_not_allowed */
  check(request: IncomingMessage, { rules, apiKeyId }: Principal): void {
    if (!rules.boundsAddresses) return;
    const address = this.addresses.of(request);
    const decision = decide(rules.levels, { address });
    if (!decision.allowed) throw addressError(address, decision, apiKeyId);
  }
}
