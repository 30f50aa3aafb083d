const END_OF_HEAD = Buffer.from('\r\n\r\n');

/** Reads requests off a connection, each with a body of a known length. */
export class RequestReader {
  #rest = Buffer.alloc(0);

  /**
   * The requests that are complete with these bytes: first line and body as one text, which is the same for requests
   * that ask the same.
   *
   * @param {Buffer} bytes
   * @returns {{text: string, head: string, body: Buffer}[]}
   */
  take(bytes) {
    let rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const requests = [];
    for (;;) {
      const end = rest.indexOf(END_OF_HEAD);
      if (end < 0) break;
      const head = rest.latin1Slice(0, end);
      const bodyAt = end + END_OF_HEAD.length;
      const bodyEnd = bodyAt + Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (rest.length < bodyEnd) break;
      const body = rest.subarray(bodyAt, bodyEnd);
      const text = head.slice(0, head.indexOf('\r\n')) + body.latin1Slice();
      requests.push({ text, head, body });
      rest = rest.subarray(bodyEnd);
    }
    this.#rest = rest;
    return requests;
  }
}
