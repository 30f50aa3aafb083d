import { objectOf } from '../json.js';
import type { ChatProtocol } from '../protocol.js';
import { fromUpstreamError } from './errors.js';
import { parameters } from './parameters.js';
import { toUpstreamRequest } from './request.js';
import { fromUpstreamResponse } from './response.js';
import { stream, type StreamState } from './stream.js';
import { outputRoom } from './thinking.js';
import { unsupportedValues } from './unsupported.js';
import { readUsage } from './usage.js';

/** The dialect of Anthropic's Messages API, which other providers speak too. */
export const anthropicMessages: ChatProtocol<StreamState> = {
  id: 'anthropic-messages',
  parameters,
  otherParameters: { rule: 'drop' },
  unsupportedValues,
  outputRoom,
  toUpstreamRequest,
  fromUpstreamResponse,
  usageOf: (body) => readUsage(objectOf(body)['usage']),
  fromUpstreamError,
  webSearch: () => 'tool',
  stream,
};
