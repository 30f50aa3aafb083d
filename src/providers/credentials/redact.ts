import { GatewayError } from '../../core/errors.js';
import type { Credential } from '../../core/target.js';

const MARK = '[redacted]';
/** Of a secret this much is told by providers that hide the rest; shorter beginnings are in ordinary words too. */
const TELLING_START = 12;
/** Secrets shorter than this are none, and would black out ordinary words. */
const SHORTEST = 6;

/** A text without a secret: as it is, in base64, URL-encoded, or its beginning with the rest in stars. */
export function redact(text: string, secret: string): string {
  if (secret.length < SHORTEST) return text;
  let clean = text;
  for (const form of formsOf(secret)) clean = clean.replaceAll(form, MARK);
  if (secret.length <= TELLING_START) return clean;
  return clean.replaceAll(secret.slice(0, TELLING_START), MARK);
}

/**
 * A failure of a target as it may be told and logged: nothing of the credential is left in it, and where the
 * organization's own key was refused it says so.
 */
export function blameCredential(error: GatewayError, { owner, secret }: Credential): GatewayError {
  const { code, retryAfterSeconds, shouldRetry } = error;
  const isOwnRefused = owner === 'organization' && code === 'upstream_auth_failed';
  const message = isOwnRefused ? OWN_KEY_REFUSED : redact(error.message, secret);
  const param = error.param === null ? undefined : redact(error.param, secret);
  const detail = error.detail === undefined ? undefined : redact(error.detail, secret);
  return new GatewayError(code, {
    message,
    ...(param === undefined ? {} : { param }),
    ...(detail === undefined ? {} : { detail }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(shouldRetry === undefined ? {} : { shouldRetry }),
  });
}

const OWN_KEY_REFUSED = "The provider refused your organization's own credentials.";

/** Longest first, so that no rest of a longer form stays behind. */
function formsOf(secret: string): readonly string[] {
  const encoded = encodeURIComponent(secret);
  const forms = [
    secret,
    ...base64Cores(secret),
    encoded,
    encoded.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
    JSON.stringify(secret).slice(1, -1),
  ];
  return [...new Set(forms)].sort((left, right) => right.length - left.length);
}

/**
 * What base64 of any text that holds the secret must hold: the letters that stand for the secret's bytes alone,
 * for each of the three places in a group of three bytes at which it can begin.
 */
function base64Cores(secret: string): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret, 'utf8')]);
    const from = Math.ceil((shift * 8) / 6);
    const to = Math.floor((bytes.length * 8) / 6);
    return [bytes.toString('base64').slice(from, to), bytes.toString('base64url').slice(from, to)];
  });
}
