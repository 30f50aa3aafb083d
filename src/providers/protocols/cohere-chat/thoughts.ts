import type { ChatMessage, ReasoningDetail } from '../../../core/chat.js';
import { stringOf, type JsonObject } from '../json.js';

/** Marks reasoning details that are thoughts of this API's models. */
const THOUGHT = 'cohere-v2';
/** Marks those that are the plan which comes before calls of tools. */
const PLAN = 'cohere-v2-tool-plan';

/** A thought of an answer, or a piece of one. */
export function thoughtDetail(index: number, text: string): ReasoningDetail {
  return { type: 'reasoning.text', text, format: THOUGHT, index };
}

/** The plan of an answer that calls tools, or a piece of it. */
export function planDetail(index: number, text: string): ReasoningDetail {
  return { type: 'reasoning.text', text, format: PLAN, index };
}

/** The thoughts that a client sends back, as blocks. Those of another maker's models are left out. */
export function thoughtsOf(message: ChatMessage): JsonObject[] {
  return textsOf(message, THOUGHT).map((thinking) => ({ type: 'thinking', thinking }));
}

/** The plan that a client sends back; empty where there is none. */
export function planOf(message: ChatMessage): string {
  return textsOf(message, PLAN).join('');
}

function textsOf({ reasoning_details: details }: ChatMessage, wanted: string): string[] {
  return (details ?? [])
    .filter(({ format }) => format === wanted)
    .map(({ text }) => stringOf(text) ?? '')
    .filter((text) => text !== '');
}
