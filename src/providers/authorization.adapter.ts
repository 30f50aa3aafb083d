import aws4 from 'aws4';
import { GatewayError } from '../core/errors.js';
import type { Target } from '../core/target.js';
import { isJsonWebToken } from './credentials/token-exchange.js';

/** A request on its way out, as far as a signature covers it. */
export interface Outgoing {
  readonly method: 'GET' | 'POST';
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path and query as they go out. */
  readonly path: string;
  readonly body: string;
}

/** `id:secret[:session token]`; bearer keys have no colon. */
const ACCESS_KEY = /^([A-Z0-9]{8,128}):([^:\s]+)(?::([^:\s]+))?$/;

/** The region in the name of a host of AWS. */
const REGION_IN_HOST = /\.([a-z]{2}(?:-[a-z]+)+-\d+)\./;

/**
 * The headers by which a provider knows whose request it is.
 * @param now in milliseconds since the epoch, for a signature
 * @throws GatewayError upstream_auth_failed where a request must be signed for a region that is not known
 */
export function authorizationOf(
  { provider: { auth }, credential }: Pick<Target, 'provider' | 'credential'>,
  outgoing: Outgoing,
  now: number = Date.now(),
): Record<string, string> {
  const { secret, settings } = credential;
  switch (auth.kind) {
    case 'none':
      return {};
    case 'header':
      return { [auth.name]: secret };
    case 'bearer':
    case 'google':
    case 'ibm':
      return bearer(secret);
    case 'entra':
      return isJsonWebToken(secret) ? bearer(secret) : { [auth.name]: secret };
    case 'aws': {
      const [, id, key, token] = ACCESS_KEY.exec(secret) ?? [];
      if (id === undefined || key === undefined) return bearer(secret);
      const region = regionOf(settings?.['region'], outgoing.origin);
      return signature({ id, key, token }, { service: auth.service, region }, outgoing, now);
    }
  }
}

function bearer(secret: string): Record<string, string> {
  return { authorization: `Bearer ${secret}` };
}

function regionOf(setting: unknown, origin: string): string {
  if (typeof setting === 'string') return setting;
  const region = REGION_IN_HOST.exec(origin)?.[1];
  if (region !== undefined) return region;
  throw new GatewayError('upstream_auth_failed', {
    detail: `a request to ${origin} cannot be signed: its region is not known`,
  });
}

interface AccessKey {
  readonly id: string;
  readonly key: string;
  readonly token: string | undefined;
}

/**
 * Signature version 4 over method, path, body, host, type and moment.
 * Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
 */
function signature(
  { id, key, token }: AccessKey,
  scope: { readonly service: string; readonly region: string },
  { method, origin, path, body }: Outgoing,
  now: number,
): Record<string, string> {
  const moment = new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, '');
  const signed: Record<string, string> = {
    ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
    host: new URL(origin).host,
    'x-amz-date': moment,
    ...(token === undefined ? {} : { 'x-amz-security-token': token }),
  };
  const signer = new aws4.RequestSigner(
    { ...scope, method, path, body, headers: signed, doNotModifyHeaders: true },
    { accessKeyId: id, secretAccessKey: key },
  );
  signer.datetime = moment;
  const { headers = {} } = signer.sign();
  const { host: _host, 'content-type': _type, ...sent } = signed;
  return { ...sent, authorization: String(headers['Authorization']) };
}
