import type { ChatRequest } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import { calledModel } from '../call-path.js';
import { reasoningFields } from '../chat-completions/reasoning.js';
import { isObject, objectOf, type JsonObject } from '../json.js';
import type { UpstreamRequest } from '../protocol.js';
import { untranslated } from '../untranslated.js';
import { webSearchWishOf } from '../../search/wish.js';
import { toInput } from './input.js';
import { TRANSLATED } from './parameters.js';
import { toNativeTools } from './tools.js';

/**
 * A request of the Responses API. Roles stay messages in their place: `instructions` holds one text, and not every
 * speaker knows it.
 * @throws GatewayError invalid_parameter naming the field of a message that cannot be carried
 */
export function toUpstreamRequest(request: ChatRequest, target: Target): UpstreamRequest {
  const maxTokens = request.max_completion_tokens ?? request.max_tokens;
  const include = included(request, target);
  const body: JsonObject = {
    ...untranslated(request, TRANSLATED),
    model: calledModel(target),
    input: toInput(request.messages, target),
    store: false,
    ...(include.length > 0 ? { include } : {}),
    ...toNativeTools(request, target.provider.quirks ?? {}),
    ...(maxTokens === undefined ? {} : { max_output_tokens: maxTokens }),
    ...(request.top_logprobs === undefined ? {} : { top_logprobs: request.top_logprobs }),
    ...filled('text', textOptions(request)),
    ...filled('reasoning', reasoningOptions(request, target)),
  };
  return { path: '/responses', body };
}

function filled(name: string, fields: JsonObject): JsonObject {
  return Object.keys(fields).length > 0 ? { [name]: fields } : {};
}

/** What an answer has to tell beside itself. Encrypted thoughts are refused to models that have none. */
function included(request: ChatRequest, { offer, provider }: Target): string[] {
  const tellsSources =
    webSearchWishOf(request) !== undefined && provider.quirks?.searchSources !== 'always';
  return [
    ...(offer.capabilities.reasoning === true ? ['reasoning.encrypted_content'] : []),
    ...(tellsSources ? ['web_search_call.action.sources'] : []),
    ...(request.logprobs === true ? ['message.output_text.logprobs'] : []),
  ];
}

function textOptions(request: ChatRequest): JsonObject {
  const { response_format: format, verbosity } = request;
  return {
    ...(format === undefined || format.type === 'text' ? {} : { format: nativeFormat(format) }),
    ...(verbosity === undefined ? {} : { verbosity }),
  };
}

function nativeFormat(format: JsonObject): JsonObject {
  return { type: format['type'], ...objectOf(format['json_schema']) };
}

/** `summary` and whatever else is of this API goes there as it is. */
function reasoningOptions(request: ChatRequest, target: Target): JsonObject {
  const { reasoning_effort: effort } = reasoningFields(request, target);
  const given = isObject(request.reasoning) ? request.reasoning : {};
  const {
    effort: _effort,
    max_tokens: _tokens,
    enabled: _enabled,
    exclude: _exclude,
    ...rest
  } = given as JsonObject;
  return { ...rest, ...(effort === undefined ? {} : { effort }) };
}
