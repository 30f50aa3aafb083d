import type { ChunkDelta } from '../../../core/chat.js';
import { listOf, objectOf, stringOf, type JsonObject } from '../json.js';
import { annotationsOf, redactedDetail, thoughtDetail } from './answer-parts.js';
import { ownEntry } from '../../../core/own-entry.js';

/** What of a stream's answer came before; needed to place what comes next. */
export interface Tally {
  /** UTF-16 code units of the content. */
  readonly text: number;
  readonly thoughts: number;
  readonly calls: number;
}

/** A block of content that has begun and not ended. */
export type OpenBlock =
  | { readonly kind: 'text'; readonly start: number; readonly citations: readonly unknown[] }
  | { readonly kind: 'thought'; readonly index: number }
  /** A call whose arguments did not begin to come: the input of its first event counts until they do. */
  | { readonly kind: 'silent call'; readonly index: number; readonly input: JsonObject }
  | { readonly kind: 'spoken call'; readonly index: number }
  /** The provider's own tools and whatever is not for the client. */
  | { readonly kind: 'passed over' };

/** What an event of a block leads to. */
export interface Progress {
  readonly block: OpenBlock;
  readonly tally: Tally;
  readonly deltas: readonly ChunkDelta[];
}

const PASSED_OVER: OpenBlock = { kind: 'passed over' };
const NONE: readonly ChunkDelta[] = [];

const OPEN: Readonly<Record<string, (block: JsonObject, tally: Tally) => Progress>> = {
  text: (native, tally) => {
    const block: OpenBlock = {
      kind: 'text',
      start: tally.text,
      citations: listOf(native['citations']),
    };
    return say(block, tally, stringOf(native['text']) ?? '');
  },
  thinking: (native, tally) => {
    const index = tally.thoughts;
    const block: OpenBlock = { kind: 'thought', index };
    const text = stringOf(native['thinking']) ?? '';
    const deltas = thoughtDeltas(index, text, stringOf(native['signature']) ?? '');
    return { block, tally: { ...tally, thoughts: index + 1 }, deltas };
  },
  redacted_thinking: (native, tally) => {
    const detail = redactedDetail(tally.thoughts, stringOf(native['data']) ?? '');
    return {
      block: PASSED_OVER,
      tally: { ...tally, thoughts: tally.thoughts + 1 },
      deltas: [{ reasoning_details: [detail] }],
    };
  },
  tool_use: (native, tally) => {
    const index = tally.calls;
    const id = stringOf(native['id']) ?? '';
    const call = { name: stringOf(native['name']) ?? '', arguments: '' };
    return {
      block: { kind: 'silent call', index, input: objectOf(native['input']) },
      tally: { ...tally, calls: index + 1 },
      deltas: [{ tool_calls: [{ index, id, type: 'function', function: call }] }],
    };
  },
};

/** Begins a block. */
export function openBlock(native: JsonObject, tally: Tally): Progress {
  const open = ownEntry(OPEN, native['type']);
  return open ? open(native, tally) : { block: PASSED_OVER, tally, deltas: NONE };
}

/** Continues a block; a delta that does not belong to its kind changes nothing. */
export function continueBlock(block: OpenBlock, delta: JsonObject, tally: Tally): Progress {
  switch (delta['type']) {
    case 'text_delta':
      return block.kind === 'text'
        ? say(block, tally, stringOf(delta['text']) ?? '')
        : idle(block, tally);
    case 'citations_delta':
      if (block.kind !== 'text') return idle(block, tally);
      return idle({ ...block, citations: [...block.citations, delta['citation']] }, tally);
    case 'thinking_delta':
    case 'signature_delta': {
      if (block.kind !== 'thought') return idle(block, tally);
      const text = stringOf(delta['thinking']) ?? '';
      return {
        block,
        tally,
        deltas: thoughtDeltas(block.index, text, stringOf(delta['signature']) ?? ''),
      };
    }
    case 'input_json_delta':
      return argue(block, tally, stringOf(delta['partial_json']) ?? '');
    default:
      return idle(block, tally);
  }
}

/** Ends a block: what it cites, and the arguments of a call that never came piece by piece. */
export function closeBlock(block: OpenBlock, tally: Tally): readonly ChunkDelta[] {
  if (block.kind === 'silent call')
    return [argumentsDelta(block.index, JSON.stringify(block.input))];
  if (block.kind !== 'text') return NONE;
  const annotations = annotationsOf(block.citations, block.start, tally.text);
  return annotations.length === 0 ? NONE : [{ annotations }];
}

function idle(block: OpenBlock, tally: Tally): Progress {
  return { block, tally, deltas: NONE };
}

function say(block: OpenBlock, tally: Tally, text: string): Progress {
  if (text === '') return idle(block, tally);
  return {
    block,
    tally: { ...tally, text: tally.text + text.length },
    deltas: [{ content: text }],
  };
}

function thoughtDeltas(index: number, text: string, signature: string): readonly ChunkDelta[] {
  if (text === '' && signature === '') return NONE;
  const details = [thoughtDetail(index, text, signature)];
  return [
    text === '' ? { reasoning_details: details } : { reasoning: text, reasoning_details: details },
  ];
}

function argue(block: OpenBlock, tally: Tally, json: string): Progress {
  if (json === '' || (block.kind !== 'silent call' && block.kind !== 'spoken call'))
    return idle(block, tally);
  return {
    block: { kind: 'spoken call', index: block.index },
    tally,
    deltas: [argumentsDelta(block.index, json)],
  };
}

function argumentsDelta(index: number, json: string): ChunkDelta {
  return { tool_calls: [{ index, function: { arguments: json } }] };
}
