import { count, isJson, object, objects, text, type Json } from '../json.js';
import { chatUsage } from './chat-usage.js';
import { BROKEN_OFF, failureIn } from './failure.js';
import { argumentsOf, emptyDraft, finished, type ChoiceDraft, type Reading } from './reading.js';

/** OpenAI's own words and what compatible providers say in their place. */
const FINISH: Readonly<Record<string, string>> = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  tool_calls: 'tool_calls',
  tool_use: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
};

interface CallDraft {
  id: string;
  name: string;
  arguments: string;
}

interface Draft extends ChoiceDraft {
  readonly calls: Map<string, CallDraft>;
}

/** Reads an answer in OpenAI's chat shape: the one payload of a JSON answer, or all of a stream's. */
export function readChat(payloads: readonly Json[], stream: boolean, sawDone: boolean): Reading {
  const drafts = new Map<number, Draft>();
  for (const payload of payloads) {
    for (const choice of objects(payload['choices']))
      addChoice(draftAt(drafts, count(choice['index'])), choice, stream);
    const first = drafts.get(0);
    if (first) addSources(first, payload);
  }
  const choices = [...drafts.entries()]
    .sort(([one], [other]) => one - other)
    .map(([, draft]) => closed(draft));
  const ended =
    sawDone || (choices.length > 0 && choices.every((choice) => choice.finish.length > 0));
  const broken = stream ? !ended : choices.length === 0;
  return {
    choices,
    usage: chatUsage(payloads),
    error:
      payloads.map(failureIn).find((failure) => failure !== undefined) ??
      (broken ? BROKEN_OFF : undefined),
  };
}

function draftAt(drafts: Map<number, Draft>, index: number): Draft {
  const draft = drafts.get(index) ?? { ...emptyDraft(''), calls: new Map() };
  drafts.set(index, draft);
  return draft;
}

function addChoice(draft: Draft, choice: Json, stream: boolean): void {
  // Perplexity has both: beside each delta the message so far, beside the message of an answer an empty delta.
  const [own, other] = stream ? (['delta', 'message'] as const) : (['message', 'delta'] as const);
  const message = object(choice[own] ?? choice[other]);
  addContent(draft, message['content']);
  addThought(draft, text(message['reasoning']) || text(message['reasoning_content']));
  draft.refusal = (draft.refusal ?? '') + text(message['refusal']);
  objects(message['tool_calls']).forEach((call, position) => addCall(draft, call, position));
  if (isJson(message['function_call'])) addCall(draft, { function: message['function_call'] }, 0);
  draft.citations.push(
    ...objects(message['annotations']).map((note) => text(object(note['url_citation'])['url'])),
  );
  draft.images += objects(message['images']).length;
  if (isJson(message['audio'])) draft.audio = true;
  draft.signatures.push(...objects(message['reasoning_details']).flatMap(signatureOf));
  draft.logprobs += objects(object(choice['logprobs'])['content']).length;
  const finish = FINISH[text(choice['finish_reason'])];
  if (finish) draft.finish = [finish];
}

/** Text, or a list of parts among which Mistral has its thoughts. */
function addContent(draft: Draft, content: unknown): void {
  draft.text += text(content);
  for (const part of objects(content)) {
    if (part['type'] === 'text') draft.text += text(part['text']);
    if (part['type'] === 'thinking') {
      addThought(
        draft,
        objects(part['thinking'])
          .map((piece) => text(piece['text']))
          .join(''),
      );
    }
  }
}

function addThought(draft: Draft, thought: string): void {
  draft.reasoning = [draft.reasoning.join('') + thought];
}

function addCall(draft: Draft, call: Json, position: number): void {
  const key = String(count(call['index'] ?? position));
  const known = draft.calls.get(key) ?? { id: '', name: '', arguments: '' };
  const called = object(call['function']);
  known.id ||= text(call['id']);
  known.name = text(called['name']) || known.name;
  const given = called['arguments'];
  known.arguments += isJson(given) ? JSON.stringify(given) : text(given);
  draft.calls.set(key, known);
  draft.signatures.push(text(object(object(call['extra_content'])['google'])['thought_signature']));
}

function signatureOf(detail: Json): string[] {
  return [text(detail['signature']), text(detail['data'])];
}

/** Perplexity names its sources beside the choices. */
function addSources(draft: Draft, payload: Json): void {
  const named = Array.isArray(payload['citations']) ? payload['citations'].map(text) : [];
  draft.citations.push(...named);
  draft.sources.push(...objects(payload['search_results']).map((result) => text(result['url'])));
}

function closed(draft: Draft): ReturnType<typeof finished> {
  const { calls, ...choice } = draft;
  choice.toolCalls = [...calls.values()].map((call) => ({
    ...call,
    arguments: argumentsOf(call.arguments),
  }));
  return finished(choice);
}
