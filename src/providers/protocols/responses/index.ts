import { fromUpstreamError } from '../chat-completions/errors.js';
import type { ChatProtocol } from '../protocol.js';
import { parameters } from './parameters.js';
import { toUpstreamRequest } from './request.js';
import { fromUpstreamResponse } from './response.js';
import { stream, type StreamState } from './stream.js';
import { unsupportedValues } from './unsupported.js';

/**
 * OpenAI's Responses API, for the models and tools that are only there, and other speakers of its dialect. Nothing is
 * ever stored at the provider: each call brings its whole conversation.
 */
export const responses: ChatProtocol<StreamState> = {
  id: 'responses',
  parameters,
  otherParameters: { rule: 'drop' },
  unsupportedValues,
  toUpstreamRequest,
  fromUpstreamResponse,
  fromUpstreamError,
  webSearch: () => 'tool',
  stream,
};
