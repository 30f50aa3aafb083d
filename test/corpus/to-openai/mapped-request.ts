import type { Json } from '../json.js';

/** A recorded request in OpenAI's shape, as an application would send it to the gateway. */
export interface MappedRequest {
  /** Without model, stream and stream_options. */
  readonly body: Json;
  /** What of the recorded request OpenAI's shape cannot say, each once. */
  readonly lost: readonly string[];
}

/** Collects what a mapping has to leave out. */
export class Losses {
  readonly #names = new Set<string>();

  add(name: string): void {
    this.#names.add(name);
  }

  list(): string[] {
    return [...this.#names].sort();
  }
}
