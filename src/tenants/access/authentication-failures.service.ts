import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { presentedKey } from '../keys/presented-key.js';
import { addressBlock } from './address-block.js';
import { ClientAddressService } from './client-address.service.js';
import { FailureCounter } from './failure-counter.js';

const WINDOW_MS = 60_000;
const ALLOWED_FAILURES = 20;
const MAX_NAMES = 20_000;
/** As much of a key as is stored in the clear, whatever its kind. */
const PREFIX_LENGTH = 15;

/**
 * Slows down who tries keys: more than twenty that were wrong within a minute, from one address (a /64 of IPv6) or of
 * one prefix, are answered with 429. Only failures are counted and refused, so a good key always passes, whatever
 * others did at its address, and costs nothing here.
 */
@Injectable()
export class AuthenticationFailuresService {
  private readonly byAddress = new FailureCounter(WINDOW_MS, MAX_NAMES);
  private readonly byPrefix = new FailureCounter(WINDOW_MS, MAX_NAMES);

  constructor(private readonly addresses: ClientAddressService) {}

  /**
   * Counts a refused authentication; what is to be thrown is the refusal itself, or rate_limit_exceeded. One that is
   * disabled or has expired is no guess, and neither is none at all.
   */
  count(refusal: unknown, request: IncomingMessage): unknown {
    const presented = presentedKey(request.headers);
    if (presented === undefined || !isWrongKey(refusal)) return refusal;
    const now = performance.now();
    const windows = [
      this.byAddress.add(addressBlock(this.addresses.of(request)), now),
      this.byPrefix.add(presented.slice(0, PREFIX_LENGTH), now),
    ].filter(({ count }) => count > ALLOWED_FAILURES);
    if (windows.length === 0) return refusal;
    const endsAt = Math.max(...windows.map((window) => window.endsAt));
    return new GatewayError('rate_limit_exceeded', {
      message: 'Too many requests with a wrong key or token.',
      retryAfterSeconds: (endsAt - now) / 1_000,
    });
  }
}

function isWrongKey(refusal: unknown): boolean {
  return refusal instanceof GatewayError && refusal.code === 'invalid_api_key';
}
