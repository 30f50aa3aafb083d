import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { Target } from '../../src/core/target.js';
import type { ChatProtocol, StreamOutput } from '../../src/providers/protocols/protocol.js';
import { accumulate } from './accumulate.js';
import { chunksOf } from './chunks.js';
import { cutBytes, decodeBytes } from './decoding.js';

type Json = Record<string, unknown>;

/** A protocol, and answers that are made up for it. */
export interface StreamSubject<Made> {
  readonly protocol: ChatProtocol;
  readonly target: Target;
  readonly answers: fc.Arbitrary<Made>;
  /** An answer in one piece. */
  readonly asBody: (made: Made) => Json;
  /** The same answer as the events of a stream. */
  readonly asEvents: (made: Made) => Json[];
  readonly bytesOf: (events: readonly Json[], newline?: string) => Buffer;
}

function decode<Made>({ protocol, target }: StreamSubject<Made>, pieces: Buffer[]): StreamOutput[] {
  return decodeBytes(protocol, target, pieces);
}

/** Expects of every answer that its stream adds up to the answer in one piece, and then ends. */
export function expectSumOfStream<Made>(subject: StreamSubject<Made>, numRuns: number): void {
  const { protocol, target, answers, asBody, asEvents, bytesOf } = subject;
  fc.assert(
    fc.property(answers, (made) => {
      const whole = protocol.fromUpstreamResponse(asBody(made), target);
      const outputs = decode(subject, [bytesOf(asEvents(made))]);
      expect(accumulate(chunksOf(outputs))).toEqual(whole.completion);
      const usages = outputs.flatMap((output) => (output.type === 'usage' ? [output.usage] : []));
      expect(usages).toEqual([whole.usage]);
      expect(outputs.at(-1)).toEqual({ type: 'end' });
    }),
    { numRuns },
  );
}

/** Expects the same outputs however the bytes are split, with any kind of line end. */
export function expectSameHoweverSplit<Made>(subject: StreamSubject<Made>, numRuns: number): void {
  const { answers, asEvents, bytesOf } = subject;
  const newlines = fc.constantFrom('\n', '\r\n', '\r');
  fc.assert(
    fc.property(answers, fc.array(fc.nat()), newlines, (made, places, newline) => {
      const events = asEvents(made);
      expect(decode(subject, cutBytes(bytesOf(events, newline), places))).toEqual(
        decode(subject, [bytesOf(events)]),
      );
    }),
    { numRuns },
  );
}

/** Expects one error, and no end, of a stream without its last events. */
export function expectErrorWhereCut<Made>(subject: StreamSubject<Made>, numRuns: number): void {
  const { answers, asEvents, bytesOf } = subject;
  fc.assert(
    fc.property(answers, fc.nat(), (made, at) => {
      const events = asEvents(made);
      const outputs = decode(subject, [bytesOf(events.slice(0, at % events.length))]);
      expect(outputs.filter(({ type }) => type === 'error')).toHaveLength(1);
      expect(outputs.some(({ type }) => type === 'end')).toBe(false);
    }),
    { numRuns },
  );
}

/** Expects of whatever texts that they throw nothing, and that nothing follows an error or an end. */
export function expectOneLastOutput(
  { stream }: ChatProtocol,
  target: Target,
  texts: fc.Arbitrary<string>,
  numRuns: number,
): void {
  fc.assert(
    fc.property(fc.array(texts, { maxLength: 10 }), (events) => {
      let state = stream.start(target);
      const outputs = events.flatMap((data) => {
        const [next, made] = stream.step(state, { event: undefined, data });
        state = next;
        return made;
      });
      const all = [...outputs, ...stream.end(state)];
      const last = all.findIndex((output) => output.type === 'error' || output.type === 'end');
      expect(last).toBe(all.length - 1);
    }),
    { numRuns },
  );
}
