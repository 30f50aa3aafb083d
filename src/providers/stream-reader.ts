import { AwsEventStreamReader } from './aws-event-stream.js';
import type { Framing, ServerSentEvent } from './protocols/protocol.js';
import { SseReader } from './sse.js';

/** Cuts the bytes of a stream into events, whatever way the bytes are split. */
export interface StreamReader {
  /** The events that these bytes complete. @throws GatewayError upstream_error for what no stream holds */
  push(bytes: Buffer): ServerSentEvent[];
  /** What the end of the bytes completes. */
  end(): ServerSentEvent[];
}

/** A reader for the framing of a protocol. */
export function streamReaderFor(framing: Framing = 'sse'): StreamReader {
  return framing === 'aws-event-stream' ? new AwsEventStreamReader() : new SseReader();
}
