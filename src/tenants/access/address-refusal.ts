import { GatewayError } from '../../core/errors.js';
import { levelInWords, type RuleRefusal } from '../../core/rules/decide.js';

/** The error of a call from an address (empty: unknown) that rules refuse. `keyId`: whose call it is. */
export function addressError(address: string, refusal: RuleRefusal, keyId: string): GatewayError {
  const from = address === '' ? 'an unknown address' : address;
  const level = levelInWords(refusal, keyId);
  return new GatewayError('ip_not_allowed', {
    message: `This key may not be used from ${from}: by the rules of ${level} ${refusal.reason}.`,
  });
}
