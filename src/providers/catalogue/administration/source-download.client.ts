import { Injectable } from '@nestjs/common';
import { GatewayError, toGatewayError } from '../../../core/errors.js';
import type { ProviderDefinition } from '../../../core/provider.js';
import { parsedUrl } from '../../../core/parsed-url.js';
import { Environment } from '../../../platform/env.js';
import { DownloadClient } from '../../download.client.js';
import { MAX_SOURCE_BYTES } from '../import/read-source.js';

const DEFAULT_MESSAGE = new GatewayError('upstream_error').message;
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
    private readonly downloads: DownloadClient,
    { ALLOW_PRIVATE_UPSTREAMS }: Environment,
  ) {
    this.allowHttp = ALLOW_PRIVATE_UPSTREAMS === 'true';
  }

  /**
   * The text at an address, at most MAX_SOURCE_BYTES.
   * @throws GatewayError invalid_parameter (source_url) where it is none or gives nothing; upstream_timeout
   */
  async text(address: string): Promise<string> {
    const url = parsedUrl(address);
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
    const limits = { maxBytes: MAX_SOURCE_BYTES, timeoutMs: TIME_LIMIT_MS };
    const path = url.pathname + url.search;
    const { status, text } = await this.downloads
      .read(destination, path, limits)
      .catch((error: unknown) => Promise.reject(inOurWords(error)));
    if (status !== 200) throw badUrl(`answers with status ${status}`);
    return text;
  }
}

function badUrl(reason: string): GatewayError {
  return new GatewayError('invalid_parameter', {
    param: 'source_url',
    message: `source_url ${reason}.`,
  });
}

/** It is the operator's address that failed, not a provider. */
function inOurWords(error: unknown): GatewayError {
  const known = toGatewayError(error);
  if (known.code !== 'upstream_error') return known;
  return new GatewayError('invalid_parameter', {
    param: 'source_url',
    message:
      known.message === DEFAULT_MESSAGE
        ? 'source_url cannot be reached from the gateway, or leads to a private address.'
        : `source_url: ${known.message}`,
    ...(known.detail === undefined ? {} : { detail: known.detail }),
  });
}
