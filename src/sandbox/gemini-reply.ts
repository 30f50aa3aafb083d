import { toolCallTokens } from './reply.js';
import { signFunctionCall, signThinking } from './signature.js';
import type { Answer, Choice, Finish, Frame, ToolCall } from './types.js';

const FINISH_REASONS: Readonly<Record<Finish, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  tool_calls: 'STOP',
  content_filter: 'SAFETY',
  refusal: 'PROHIBITED_CONTENT',
};

/** A whole `GenerateContentResponse` as JSON text. */
export function geminiWhole(answer: Answer): string {
  const { reply, request } = answer;
  const { completionTokens, reasoningTokens } = reply.usage;
  return JSON.stringify({
    candidates: reply.choices.map((choice, index) => ({
      content: { parts: wholeParts(choice), role: 'model' },
      ...ending(choice),
      index,
    })),
    ...usageMember(answer, completionTokens - reasoningTokens, reasoningTokens),
    modelVersion: request.model,
    responseId: answer.id,
  });
}

function wholeParts(choice: Choice): unknown[] {
  const { reasoning, text, toolCalls } = choice;
  const thought = reasoning.join('');
  // A function call carries the signature itself; without one it goes to the text.
  const signed = thought !== '' && toolCalls.length === 0;
  const signature = signed ? { thoughtSignature: signThinking(thought) } : {};
  return [
    ...(thought === '' ? [] : [{ text: thought, thought: true }]),
    ...(text.length === 0 ? [] : [{ text: text.join(''), ...signature }]),
    ...toolCalls.filter((call) => call.complete).map(callPart),
  ];
}

function callPart(call: ToolCall, index: number): unknown {
  const args = JSON.parse(call.pieces.join('')) as unknown;
  const functionCall = { name: call.name, args };
  // Of parallel calls only the first one is signed.
  if (index > 0) return { functionCall };
  return { functionCall, thoughtSignature: signFunctionCall(call.name, args) };
}

/** The events of a stream; each one repeats the usage counted until then. */
export function* geminiFrames(answer: Answer): Generator<Frame> {
  let written = 0;
  let thoughts = 0;
  for (const [index, choice] of answer.reply.choices.entries()) {
    for (const { part, tokens, reasoning } of contentParts(choice)) {
      if (reasoning) thoughts += tokens;
      else written += tokens;
      const candidate = `{"content":{"parts":[${part}],"role":"model"},"index":${index}}`;
      yield { data: event(answer, candidate, written, thoughts), tokens, reasoning };
    }
    const hidden = hiddenTokens(choice);
    written += hidden;
    const candidate = JSON.stringify({
      content: { parts: [lastPart(choice)], role: 'model' },
      ...ending(choice),
      index,
    });
    yield { data: event(answer, candidate, written, thoughts), tokens: hidden, reasoning: false };
  }
}

/** Gemini sends a function call in one piece: one that was cut short is paid for but never seen. */
function hiddenTokens(choice: Choice): number {
  return choice.toolCalls
    .filter((call) => !call.complete)
    .reduce((sum, call) => sum + toolCallTokens(call), 0);
}

interface Part {
  readonly part: string;
  readonly tokens: number;
  readonly reasoning: boolean;
}

function* contentParts(choice: Choice): Generator<Part> {
  for (const token of choice.reasoning) {
    yield { part: `{"text":${JSON.stringify(token)},"thought":true}`, tokens: 1, reasoning: true };
  }
  for (const token of choice.text) {
    yield { part: `{"text":${JSON.stringify(token)}}`, tokens: 1, reasoning: false };
  }
  for (const [index, call] of choice.toolCalls.entries()) {
    if (!call.complete) continue;
    const part = JSON.stringify(callPart(call, index));
    yield { part, tokens: toolCallTokens(call), reasoning: false };
  }
}

/** Streams end with an empty text, which carries the signature when nothing else could. */
function lastPart(choice: Choice): unknown {
  if (choice.reasoning.length === 0 || choice.toolCalls.length > 0) return { text: '' };
  return { text: '', thoughtSignature: signThinking(choice.reasoning.join('')) };
}

function event(answer: Answer, candidate: string, written: number, thoughts: number): string {
  const usage = JSON.stringify(usageMember(answer, written, thoughts)).slice(1, -1);
  const model = JSON.stringify(answer.request.model);
  return (
    `data: {"candidates":[${candidate}],${usage === '' ? '' : `${usage},`}` +
    `"modelVersion":${model},"responseId":"${answer.id}"}\r\n\r\n`
  );
}

function ending(choice: Choice): object {
  const called = choice.finish === 'tool_calls';
  return {
    finishReason: FINISH_REASONS[choice.finish],
    ...(called ? { finishMessage: 'Model generated function call(s).' } : {}),
  };
}

/** Thoughts are counted apart from the candidates, and cached tokens within the prompt. */
function usageMember(answer: Answer, written: number, thoughts: number): object {
  const { promptTokens, cachedTokens } = answer.reply.usage;
  if (answer.request.directives.noUsage === true) return {};
  const cached = {
    cachedContentTokenCount: cachedTokens,
    cacheTokensDetails: [{ modality: 'TEXT', tokenCount: cachedTokens }],
  };
  return {
    usageMetadata: {
      promptTokenCount: promptTokens,
      candidatesTokenCount: written,
      totalTokenCount: promptTokens + written + thoughts,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: promptTokens }],
      ...(cachedTokens > 0 ? cached : {}),
      ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
    },
  };
}
