import { outputRoom } from '../anthropic-messages/thinking.js';
import { readUsage } from '../anthropic-messages/usage.js';
import { objectOf } from '../json.js';
import type { ChatProtocol } from '../protocol.js';
import { fromUpstreamError } from './errors.js';
import { familyOf } from './model-family.js';
import { parameters } from './parameters.js';
import { toUpstreamRequest } from './request.js';
import { fromUpstreamResponse } from './response.js';
import { stream, type StreamState } from './stream.js';
import { unsupportedValues } from './unsupported.js';
import { messagesUsage } from './usage.js';

/** The dialect of Amazon Bedrock's Converse and ConverseStream, for the models of all makers there. */
export const bedrockConverse: ChatProtocol<StreamState> = {
  id: 'bedrock-converse',
  parameters,
  otherParameters: { rule: 'drop' },
  unsupportedValues,
  outputRoom: (request, target) =>
    familyOf(target) === 'claude' ? outputRoom(request, target) : undefined,
  toUpstreamRequest,
  fromUpstreamResponse,
  usageOf: (body) => {
    const { usage, serviceTier } = objectOf(body);
    return readUsage(messagesUsage(usage, serviceTier));
  },
  fromUpstreamError,
  stream,
  framing: 'aws-event-stream',
};
