import { StringDecoder } from 'node:string_decoder';
import { GatewayError } from '../core/errors.js';
import type { ServerSentEvent } from './protocols/protocol.js';

/** Longest line of a stream and most data of an event, in UTF-16 code units; more is an attack or a fault. */
export const MAX_LINE_LENGTH = 8 * 1024 * 1024;

/**
 * Bytes of an event stream to events, whatever way the bytes are split. Lines end in LF, CR or CRLF; comments and
 * fields other than `event` and `data` are passed over.
 * Source: html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream.
 */
export class SseReader {
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';
  private event: string | undefined;
  private data: string | undefined;
  private started = false;
  private skipLineFeed = false;

  /** Events that these bytes complete. @throws GatewayError upstream_error for a line or event beyond MAX_LINE_LENGTH. */
  push(bytes: Buffer): ServerSentEvent[] {
    return this.read(this.decoder.write(bytes));
  }

  /** What the end of the bytes completes: an event whose empty line never came counts, its bytes are all there. */
  end(): ServerSentEvent[] {
    const events = this.read(this.decoder.end());
    if (this.rest !== '') this.line(this.rest, events);
    this.rest = '';
    this.dispatch(events);
    return events;
  }

  private read(text: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    if (text === '') return events;
    let input = this.started ? text : text.replace(/^\uFEFF/, '');
    this.started = true;
    if (this.skipLineFeed && input.startsWith('\n')) input = input.slice(1);
    this.skipLineFeed = false;
    const searchFrom = this.rest.length;
    const buffer = this.rest === '' ? input : this.rest + input;
    let start = 0;
    // Looked for once: nearly all providers end their lines in a line feed alone.
    const hasReturns = input.includes('\r');
    for (;;) {
      const at = lineEnd(buffer, Math.max(start, searchFrom), hasReturns);
      if (at < 0) break;
      this.line(buffer.slice(start, at), events);
      start = at + 1;
      if (buffer.charCodeAt(at) !== CARRIAGE_RETURN) continue;
      if (start === buffer.length) this.skipLineFeed = true;
      else if (buffer.charCodeAt(start) === LINE_FEED) start++;
    }
    this.rest = buffer.slice(start);
    if (this.rest.length > MAX_LINE_LENGTH) throw tooLong('a line');
    return events;
  }

  private line(line: string, events: ServerSentEvent[]): void {
    if (line === '') {
      this.dispatch(events);
      return;
    }
    if (line.startsWith(DATA) && this.data === undefined) {
      this.data = line.slice(DATA.length);
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value =
      colon < 0 ? '' : line.slice(line.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1);
    if (field === 'data') this.data = this.data === undefined ? value : `${this.data}\n${value}`;
    else if (field === 'event') this.event = value;
    if (this.data !== undefined && this.data.length > MAX_LINE_LENGTH) throw tooLong('an event');
  }

  private dispatch(events: ServerSentEvent[]): void {
    if (this.data !== undefined) events.push({ event: this.event, data: this.data });
    this.event = undefined;
    this.data = undefined;
  }
}

/** How nearly every line begins. */
const DATA = 'data: ';
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Where the next line ends, from `from` on; negative if it does not. */
function lineEnd(text: string, from: number, hasReturns: boolean): number {
  const feed = text.indexOf('\n', from);
  if (!hasReturns) return feed;
  const carriageReturn = text.indexOf('\r', from);
  if (carriageReturn < 0) return feed;
  return feed < 0 ? carriageReturn : Math.min(feed, carriageReturn);
}

function tooLong(what: string): GatewayError {
  return new GatewayError('upstream_error', {
    detail: `${what} of the stream is longer than ${MAX_LINE_LENGTH}`,
  });
}
