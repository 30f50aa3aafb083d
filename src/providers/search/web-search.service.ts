import { Injectable } from '@nestjs/common';
import { GatewayError, toGatewayError } from '../../core/errors.js';
import { UpstreamClient, type UpstreamHead, type UpstreamReceiver } from '../upstream.client.js';
import type { FoundPage, SearchQuery } from './search-provider.js';
import type { SearchTarget } from './targets.js';

/** Ten results are some twenty kilobytes. */
const MAX_BODY_BYTES = 1024 * 1024;

/** A search that runs. */
export interface RunningSearch {
  /** @throws (rejects) GatewayError, or the reason that was given to `abort` */
  readonly pages: Promise<readonly FoundPage[]>;
  abort(reason: unknown): void;
}

/** Asks search providers, one question at a time; what they answer is read no further than a megabyte. */
@Injectable()
export class WebSearchService {
  constructor(private readonly upstream: UpstreamClient) {}

  /** Begins a search. */
  begin({ provider, credential }: SearchTarget, query: SearchQuery): RunningSearch {
    const { definition } = provider;
    const destination = { baseUrl: credential.baseUrl, provider: definition, credential };
    const receiver = new SearchReceiver();
    const { path, body } = provider.toRequest(query);
    const exchange =
      body === undefined
        ? this.upstream.get(destination, path, receiver, 0)
        : this.upstream.send(destination, { path, body }, receiver, 0);
    receiver.stop = (error) => exchange.abort(error);
    const pages = receiver.body.then((text) => {
      const found = provider.fromAnswer(parse(text));
      if (found) return found;
      throw new GatewayError('upstream_error', { detail: 'the search has no list of results' });
    });
    return { pages, abort: (reason) => exchange.abort(reason) };
  }
}

/** Collects a body up to a limit. */
class SearchReceiver implements UpstreamReceiver {
  stop: ((error: GatewayError) => void) | undefined;
  readonly body: Promise<string>;
  private readonly pieces: Buffer[] = [];
  private size = 0;
  private status = 0;
  private resolve: (text: string) => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;

  constructor() {
    this.body = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  onHead({ statusCode }: UpstreamHead): void {
    this.status = statusCode;
    if (statusCode >= 200 && statusCode < 300) return;
    const detail = `the search provider answers with status ${statusCode}`;
    this.stop?.(new GatewayError('upstream_error', { detail }));
  }

  onData(bytes: Buffer): void {
    this.size += bytes.length;
    if (this.size <= MAX_BODY_BYTES) this.pieces.push(bytes);
    else
      this.stop?.(
        new GatewayError('upstream_error', { detail: 'the search answer is larger than 1 MiB' }),
      );
  }

  onEnd(): void {
    if (this.status === 0) this.reject(new GatewayError('upstream_error'));
    else this.resolve(Buffer.concat(this.pieces).toString('utf8'));
  }

  onError(error: unknown): void {
    this.reject(error instanceof Error ? error : toGatewayError(error));
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GatewayError('upstream_error', { detail: 'the search answer is not JSON' });
  }
}
