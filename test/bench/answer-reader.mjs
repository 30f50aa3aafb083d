const END_OF_HEAD = Buffer.from('\r\n\r\n');
const LAST_CHUNK = '\r\n0\r\n\r\n';
const TAIL_LENGTH = 64;
const SAMPLE_LENGTH = 500;

/**
 * Reads one HTTP answer after the other, and as little of it as it can: a load generator that is a costly
 * client would measure itself. Bodies in chunks end where the last chunk is; they are not taken apart.
 */
export class AnswerReader {
  /** Status of the answer; undefined until its head is there. */
  status;
  /** Whether the server closes the connection after this answer. */
  closes = false;
  /** The header of that name, if there is one. */
  retryAfter;
  /** Whether the first event of a stream, or the first byte of anything else, is there. */
  begun = false;
  #head = undefined;
  #left = 0;
  #chunked = false;
  #stream = false;
  #tail = '';

  /** To be called before each answer. */
  reset() {
    this.status = undefined;
    this.begun = false;
    this.#head = undefined;
    this.#tail = '';
  }

  /** Takes bytes in; true when the answer is complete with them. */
  take(bytes) {
    let body = bytes;
    if (this.status === undefined) {
      const all = this.#head ? Buffer.concat([this.#head, bytes]) : bytes;
      const end = all.indexOf(END_OF_HEAD);
      if (end < 0) {
        this.#head = all;
        return false;
      }
      this.#readHead(all.latin1Slice(0, end).toLowerCase());
      body = all.subarray(end + END_OF_HEAD.length);
    }
    this.#left -= body.length;
    if (!this.begun && body.length > 0) this.begun = !this.#stream || body.includes('data:');
    const length = this.status === 200 ? TAIL_LENGTH : SAMPLE_LENGTH;
    this.#tail = (
      this.#tail + body.latin1Slice(Math.max(0, body.length - length), body.length)
    ).slice(-length);
    return this.#chunked ? this.#tail.endsWith(LAST_CHUNK) : this.#left <= 0;
  }

  /** What is wrong with an answer that is complete, if something is. */
  get fault() {
    if (this.status !== 200) return `status ${this.status}: ${this.#tail.trim()}`;
    if (this.#stream && !this.#tail.includes('[DONE]')) return `no [DONE]: ${this.#tail}`;
    return undefined;
  }

  /** The end of the body: 64 bytes, or 500 of an answer other than 200. */
  get tail() {
    return this.#tail;
  }

  #readHead(head) {
    this.status = Number(head.slice(9, 12));
    this.retryAfter = /\r\nretry-after: (\S+)/.exec(head)?.[1];
    this.closes = head.includes('\r\nconnection: close');
    this.#chunked = head.includes('\r\ntransfer-encoding: chunked');
    this.#stream = head.includes('\r\ncontent-type: text/event-stream');
    this.#left = Number(/\r\ncontent-length: (\d+)/.exec(head)?.[1] ?? 0);
  }
}
