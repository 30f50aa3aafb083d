import { Injectable } from '@nestjs/common';
import { GatewayError, toGatewayError } from '../../../core/errors.js';
import type { ProviderDefinition } from '../../../core/provider.js';
import { Environment } from '../../../platform/env.js';
import { UpstreamClient, type UpstreamReceiver } from '../../upstream.client.js';
import { MAX_SOURCE_BYTES } from '../import/read-source.js';

const TIME_LIMIT_MS = 60_000;

/** Asked without a key. */
const NOBODY: ProviderDefinition = {
  id: 'catalogue-source',
  name: 'Source of a catalogue',
  protocol: 'chat-completions',
  baseUrl: 'https://localhost',
  auth: { kind: 'none' },
  environment: [],
  baseUrlEnvironment: '',
};

/** Gets sources of prices from where operators say, by the guarded way out. Redirects are not followed. */
@Injectable()
export class SourceDownloadClient {
  private readonly allowHttp: boolean;

  constructor(
    private readonly upstream: UpstreamClient,
    { ALLOW_PRIVATE_UPSTREAMS }: Environment,
  ) {
    this.allowHttp = ALLOW_PRIVATE_UPSTREAMS === 'true';
  }

  /**
   * The text at an address, at most 64 MiB.
   * @throws GatewayError invalid_parameter (url) where it is none or gives nothing; upstream_timeout
   */
  text(address: string): Promise<string> {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    const isHttp = url?.protocol === 'https:' || (this.allowHttp && url?.protocol === 'http:');
    if (!url || !isHttp || url.username !== '' || url.password !== '')
      throw badUrl('must be an https address without a password');
    const { origin } = url;
    const credential = {
      id: 'none',
      owner: 'platform',
      secret: '',
      baseUrl: origin,
      origin,
    } as const;
    const destination = { baseUrl: origin, provider: NOBODY, credential };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => exchange.abort(new GatewayError('upstream_timeout')),
        TIME_LIMIT_MS,
      );
      const receiver = new SourceReceiver(
        (result) => {
          clearTimeout(timer);
          if (typeof result === 'string') resolve(result);
          else reject(inOurWords(result));
        },
        (reason) => exchange.abort(reason),
      );
      const exchange = this.upstream.get(
        destination,
        url.pathname + url.search,
        receiver,
        TIME_LIMIT_MS,
      );
    });
  }
}

/** Gathers an answer, and breaks off one that is refused or too large. */
class SourceReceiver implements UpstreamReceiver {
  private readonly pieces: Buffer[] = [];
  private size = 0;

  constructor(
    private readonly done: (result: unknown) => void,
    private readonly abort: (reason: GatewayError) => void,
  ) {}

  onHead({ statusCode }: { readonly statusCode: number }): void {
    if (statusCode !== 200) this.abort(badUrl(`answers with status ${statusCode}`));
  }

  onData(bytes: Buffer): void {
    this.size += bytes.length;
    if (this.size > MAX_SOURCE_BYTES)
      this.abort(badUrl(`gives more than ${MAX_SOURCE_BYTES} bytes`));
    else this.pieces.push(bytes);
  }

  onEnd(): void {
    this.done(Buffer.concat(this.pieces).toString('utf8'));
  }

  onError(error: unknown): void {
    this.done(error);
  }
}

function badUrl(reason: string): GatewayError {
  return new GatewayError('invalid_parameter', { param: 'url', message: `url ${reason}.` });
}

/** It is the operator's address that failed, not a provider. */
function inOurWords(error: unknown): GatewayError {
  const known = toGatewayError(error);
  if (known.code !== 'upstream_error') return known;
  return new GatewayError('invalid_parameter', {
    param: 'url',
    message: 'url cannot be reached from the gateway, or leads to a private address.',
    ...(known.detail === undefined ? {} : { detail: known.detail }),
  });
}
