import type {
  AssistantMessage,
  ReasoningDetail,
  ToolCall,
  UrlCitation,
} from '../../../core/chat.js';
import { GatewayError } from '../../../core/errors.js';
import type { Target } from '../../../core/target.js';
import { canonicalTier } from '../chat-completions/envelope.js';
import { isObject, objectOf, stringOf, type JsonObject } from '../json.js';
import type { UpstreamAnswer } from '../protocol.js';
import { annotationsOf, redactedDetail, refusalOf, thoughtDetail } from './answer-parts.js';
import { fromInBandError } from './errors.js';
import { canonicalFinishReason } from './finish-reason.js';
import { ownEntry } from '../../../core/own-entry.js';
import { readUsage, tierOf } from './usage.js';

/** The parts of an answer, collected block by block. */
interface Parts {
  text: string;
  reasoning: string;
  /** Blocks of reasoning so far, empty ones too. */
  thoughts: number;
  readonly details: ReasoningDetail[];
  readonly calls: ToolCall[];
  readonly annotations: UrlCitation[];
}

/** What each kind of block adds. The provider's own tools and whatever else it did on the way add nothing. */
const COLLECT: Readonly<Record<string, (parts: Parts, block: JsonObject) => void>> = {
  text: (parts, block) => {
    const start = parts.text.length;
    parts.text += stringOf(block['text']) ?? '';
    parts.annotations.push(...annotationsOf(block['citations'], start, parts.text.length));
  },
  thinking: (parts, block) => {
    const text = stringOf(block['thinking']) ?? '';
    const signature = stringOf(block['signature']) ?? '';
    if (text !== '' || signature !== '')
      parts.details.push(thoughtDetail(parts.thoughts, text, signature));
    parts.reasoning += text;
    parts.thoughts += 1;
  },
  redacted_thinking: (parts, block) => {
    parts.details.push(redactedDetail(parts.thoughts, stringOf(block['data']) ?? ''));
    parts.thoughts += 1;
  },
  tool_use: (parts, block) => {
    const call = {
      name: stringOf(block['name']) ?? '',
      arguments: JSON.stringify(objectOf(block['input'])),
    };
    parts.calls.push({ id: stringOf(block['id']) ?? '', type: 'function', function: call });
  },
};

/**
 * An answer of the Messages API in OpenAI's form.
 * @throws GatewayError upstream_error if the body is no answer, or the error that it holds.
 */
export function fromUpstreamResponse(body: unknown, target: Target): UpstreamAnswer {
  if (isObject(body) && body['type'] === 'error') throw fromInBandError(body);
  const content = objectOf(body)['content'];
  if (!isObject(body) || !Array.isArray(content)) {
    throw new GatewayError('upstream_error', { detail: 'the answer has no content' });
  }
  const parts: Parts = {
    text: '',
    reasoning: '',
    thoughts: 0,
    details: [],
    calls: [],
    annotations: [],
  };
  for (const block of content.filter(isObject)) ownEntry(COLLECT, block['type'])?.(parts, block);
  const native = stringOf(body['stop_reason']);
  const choice = {
    index: 0,
    message: messageOf(parts, refusalOf(body['stop_details'])),
    logprobs: null,
    finish_reason: canonicalFinishReason(
      native,
      parts.calls.length > 0,
      target.provider.quirks?.finishReasons,
    ),
    ...(native === undefined ? {} : { native_finish_reason: native }),
  };
  const tier = canonicalTier(tierOf(objectOf(body['usage'])));
  return {
    completion: { choices: [choice], ...(tier === undefined ? {} : { service_tier: tier }) },
    usage: readUsage(body['usage']),
    upstreamId: stringOf(body['id']),
    upstreamModel: stringOf(body['model']),
  };
}

function messageOf(parts: Parts, refusal: string | null): AssistantMessage {
  return {
    role: 'assistant',
    content: parts.text === '' && parts.calls.length > 0 ? null : parts.text,
    refusal,
    ...(parts.reasoning === '' ? {} : { reasoning: parts.reasoning }),
    ...(parts.details.length === 0 ? {} : { reasoning_details: parts.details }),
    ...(parts.calls.length === 0 ? {} : { tool_calls: parts.calls }),
    ...(parts.annotations.length === 0 ? {} : { annotations: parts.annotations }),
  };
}
