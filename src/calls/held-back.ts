import type { ChatChunk } from '../core/chat.js';
import { GatewayError } from '../core/errors.js';

/** Far more than the roles of all choices and what a provider tells of the prompt; UTF-16 code units of JSON. */
const MAX_HELD = 64 * 1024;

/** Chunks without content that wait for the first one that has some. */
export class HeldBack {
  private chunks: ChatChunk[] = [];
  private size = 0;
  private last: string | undefined;

  /**
   * Keeps a chunk. Not one that is the same as the one before it: some models send an empty delta for each token of
   * their hidden thoughts.
   * @throws GatewayError upstream_error when they are larger than 64 KiB
   */
  add(chunk: ChatChunk): void {
    const json = JSON.stringify(chunk);
    if (json === this.last) return;
    this.last = json;
    this.size += json.length;
    if (this.size > MAX_HELD)
      throw new GatewayError('upstream_error', {
        detail: 'the stream sends 64 KiB without content',
      });
    this.chunks.push(chunk);
  }

  /** All of them in order, once. */
  release(): readonly ChatChunk[] {
    const { chunks } = this;
    this.chunks = [];
    this.last = undefined;
    return chunks;
  }
}
