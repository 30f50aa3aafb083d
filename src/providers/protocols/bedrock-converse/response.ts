import { GatewayError } from '../../../core/errors.js';
import type { Target } from '../../../core/target.js';
import { fromUpstreamResponse as fromMessagesResponse } from '../anthropic-messages/response.js';
import { isObject, objectOf } from '../json.js';
import type { UpstreamAnswer } from '../protocol.js';
import { messagesBlock } from './answer-blocks.js';
import { withFinishReasons } from './finish-reasons.js';
import { messagesUsage } from './usage.js';

/**
 * An answer of Converse in OpenAI's form, by way of the Messages API, whose answers say the same in other names.
 * @throws GatewayError upstream_error if the body is no answer
 */
export function fromUpstreamResponse(body: unknown, target: Target): UpstreamAnswer {
  const answer = objectOf(body);
  const { content } = objectOf(objectOf(answer['output'])['message']);
  if (!Array.isArray(content))
    throw new GatewayError('upstream_error', { detail: 'the answer has no content' });
  const message = {
    content: content.filter(isObject).map(messagesBlock),
    stop_reason: answer['stopReason'],
    usage: messagesUsage(answer['usage'], answer['serviceTier']),
  };
  return fromMessagesResponse(message, withFinishReasons(target));
}
