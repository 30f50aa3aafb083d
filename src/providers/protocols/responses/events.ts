import { countOf, listOf, objectOf, stringOf, type JsonObject } from '../json.js';
import { closeItem, idOf, openItem, partKey, thoughtKey } from './output-items.js';
import {
  argue,
  cite,
  NO_PIECES,
  refuse,
  say,
  think,
  type Progress,
  type Progressed,
} from './progress.js';

type Read = (progress: Progress, output: number, event: JsonObject) => Progressed;

/**
 * Events of an answer that has begun, and how each continues it. Items are told apart by their index in the output.
 * What is not here changes nothing: `done` of a part says again what its deltas said, and its item says it once more.
 */
export const CONTINUED: Readonly<Record<string, Read>> = {
  'response.output_item.added': (progress, output, event) =>
    openItem(progress, output, objectOf(event['item'])),
  'response.output_item.done': (progress, output, event) =>
    closeItem(progress, output, objectOf(event['item'])),
  'response.output_text.delta': (progress, output, event) =>
    say(progress, partOf(output, event), deltaOf(event), listOf(event['logprobs'])),
  'response.refusal.delta': (progress, output, event) =>
    refuse(progress, partOf(output, event), deltaOf(event)),
  'response.output_text.annotation.added': (progress, output, event) => [
    cite(progress, partOf(output, event), objectOf(event['annotation'])),
    NO_PIECES,
  ],
  'response.function_call_arguments.delta': (progress, output, event) =>
    argue(progress, output, deltaOf(event)),
  'response.reasoning_summary_text.delta': (progress, output, event) => {
    const key = thoughtKey(output, 'summary', countOf(event['summary_index']) ?? 0);
    const piece = { type: 'reasoning.summary', id: idOf(progress, output) } as const;
    return think(progress, key, piece, deltaOf(event));
  },
  'response.reasoning_text.delta': (progress, output, event) => {
    const key = thoughtKey(output, 'text', countOf(event['content_index']) ?? 0);
    const piece = { type: 'reasoning.text', id: idOf(progress, output) } as const;
    return think(progress, key, piece, deltaOf(event));
  },
};

function deltaOf(event: JsonObject): string {
  return stringOf(event['delta']) ?? '';
}

function partOf(output: number, event: JsonObject): string {
  return partKey(output, countOf(event['content_index']) ?? 0);
}
