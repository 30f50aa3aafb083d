import type { ChatProtocol } from '../protocol.js';
import { fromUpstreamError } from './errors.js';
import { parameters } from './parameters.js';
import { toUpstreamRequest } from './request.js';
import { fromUpstreamResponse } from './response.js';
import { stream, type StreamState } from './stream.js';
import { unsupportedValues } from './unsupported.js';

/** The dialect of Anthropic's Messages API, which other providers speak too. */
export const anthropicMessages: ChatProtocol<StreamState> = {
  id: 'anthropic-messages',
  parameters,
  otherParameters: { rule: 'drop' },
  unsupportedValues,
  toUpstreamRequest,
  fromUpstreamResponse,
  fromUpstreamError,
  webSearch: () => 'tool',
  stream,
};
