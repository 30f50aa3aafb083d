import { pagesFor } from './search.js';
import type { Answer, Choice, Frame, ToolCall, Usage } from './types.js';

/** A whole `chat.completion` as JSON text. */
export function openaiWhole(answer: Answer): string {
  const { id, created, request, reply } = answer;
  return JSON.stringify({
    id,
    object: 'chat.completion',
    created,
    model: request.model,
    choices: reply.choices.map((choice, index) => ({
      index,
      message: wholeMessage(answer, choice, index),
      logprobs: null,
      finish_reason: finishReason(choice),
    })),
    ...(request.directives.noUsage === true
      ? {}
      : { usage: openaiUsage(reply.usage, request.searches) }),
    service_tier: 'default',
    system_fingerprint: 'fp_sandbox',
  });
}

function wholeMessage(answer: Answer, choice: Choice, index: number): unknown {
  const text = choice.text.join('');
  const refused = choice.finish === 'refusal';
  const called = choice.toolCalls.length > 0;
  return {
    role: 'assistant',
    content: refused || called ? null : text,
    refusal: refused ? text : null,
    ...(answer.request.searches === true && !called ? { annotations: citations(text) } : {}),
    ...(choice.reasoning.length > 0 ? { reasoning_content: choice.reasoning.join('') } : {}),
    ...(called
      ? {
          tool_calls: choice.toolCalls.map((call, at) => ({
            id: callId(answer, index, at),
            type: 'function',
            function: { name: call.name, arguments: call.pieces.join('') },
          })),
        }
      : {}),
  };
}

/**
 * The `chat.completion.chunk` events of an answer. Alternatives (n > 1) take turns, one chunk each,
 * as OpenAI sends them.
 */
export function* openaiFrames(answer: Answer): Generator<Frame> {
  const { request, reply } = answer;
  const { head } = envelope(answer);
  const running = reply.choices.map((choice, index) => choiceFrames(answer, choice, index));
  while (running.length > 0) {
    for (const frames of [...running]) {
      const next = frames.next();
      if (next.done === true) running.splice(running.indexOf(frames), 1);
      else yield next.value;
    }
  }
  const { usage: isUnasked, noUsage } = request.directives;
  if ((request.includeUsage || isUnasked === true) && noUsage !== true) {
    const usage = JSON.stringify(openaiUsage(reply.usage, request.searches));
    yield control(`${head}"choices":[],"usage":${usage}}\n\n`);
  }
  yield control('data: [DONE]\n\n');
}

function* choiceFrames(answer: Answer, choice: Choice, index: number): Generator<Frame> {
  const { head, tail } = envelope(answer);
  const start = `${head}"choices":[{"index":${index},"delta":{`;
  const open = `},"logprobs":null,"finish_reason":null}]${tail}`;
  yield control(`${start}"role":"assistant","content":"","refusal":null${open}`);
  for (const token of choice.reasoning) {
    yield content(`${start}"reasoning_content":${JSON.stringify(token)}${open}`, true);
  }
  const field = choice.finish === 'refusal' ? 'refusal' : 'content';
  for (const token of choice.text) {
    yield content(`${start}"${field}":${JSON.stringify(token)}${open}`, false);
  }
  for (const [at, call] of choice.toolCalls.entries()) {
    for (const delta of callDeltas(call, at, callId(answer, index, at))) {
      yield content(`${start}"tool_calls":[${delta}]${open}`, false);
    }
  }
  if (answer.request.searches === true && choice.text.length > 0) {
    const annotations = JSON.stringify(citations(choice.text.join('')));
    yield control(`${start}"annotations":${annotations}${open}`);
  }
  const reason = finishReason(choice);
  yield control(`${start}},"logprobs":null,"finish_reason":"${reason}"}]${tail}`);
}

/** Identity and name come once; the arguments follow in pieces that carry only the index. */
function* callDeltas(call: ToolCall, index: number, id: string): Generator<string> {
  const declared = { index, id, type: 'function', function: { name: call.name, arguments: '' } };
  yield JSON.stringify(declared);
  for (const piece of call.pieces) {
    yield `{"index":${index},"function":{"arguments":${JSON.stringify(piece)}}}`;
  }
}

interface Envelope {
  readonly head: string;
  readonly tail: string;
}

/** The part every chunk of a stream shares, built once because it is most of what is sent. */
function envelope({ id, created, request }: Answer): Envelope {
  const model = JSON.stringify(request.model);
  const usage = request.includeUsage ? ',"usage":null' : '';
  return {
    head:
      `data: {"id":"${id}","object":"chat.completion.chunk","created":${created},` +
      `"model":${model},"service_tier":"default","system_fingerprint":"fp_sandbox",`,
    tail: `${usage}}\n\n`,
  };
}

function control(data: string): Frame {
  return { data, tokens: 0, reasoning: false };
}

function content(data: string, reasoning: boolean): Frame {
  return { data, tokens: 1, reasoning };
}

function callId(answer: Answer, choice: number, call: number): string {
  return `call_${answer.id.replace('chatcmpl-', '')}_${choice}_${call}`;
}

function finishReason(choice: Choice): string {
  // OpenAI marks a refusal in the message and ends it like any other answer.
  return choice.finish === 'refusal' ? 'stop' : choice.finish;
}

/** The page that `[1]` in a text stands for. */
function citations(text: string): unknown[] {
  const at = Math.max(0, text.lastIndexOf('[1]'));
  return pagesFor('', 1).map(({ url, title }) => ({
    type: 'url_citation',
    url_citation: { url, title, start_index: at, end_index: Math.min(text.length, at + 3) },
  }));
}

function openaiUsage(usage: Usage, searches: boolean | undefined): unknown {
  return {
    ...(searches === true ? { num_search_queries: 1 } : {}),
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.promptTokens + usage.completionTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedTokens, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
