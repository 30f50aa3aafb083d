import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { parseRangeList, type AddressRange } from '../../core/address-ranges.js';
import { Environment } from '../../platform/env.js';
import { clientAddress } from './client-address.js';

/** Where requests come from, behind the proxies that TRUSTED_PROXIES names. */
@Injectable()
export class ClientAddressService {
  private readonly trusted: readonly AddressRange[];

  constructor({ TRUSTED_PROXIES }: Environment) {
    this.trusted = parseRangeList(TRUSTED_PROXIES) ?? [];
  }

  /** The client's address; empty where it is not known. */
  of({ socket, headers }: IncomingMessage): string {
    return clientAddress(socket.remoteAddress, headers['x-forwarded-for'], this.trusted);
  }
}
