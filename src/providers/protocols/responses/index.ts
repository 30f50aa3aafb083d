import { fromUpstreamError } from '../chat-completions/errors.js';
import { objectOf } from '../json.js';
import type { ChatProtocol } from '../protocol.js';
import { parameters } from './parameters.js';
import { beginning } from './progress.js';
import { toUpstreamRequest } from './request.js';
import { fromUpstreamResponse } from './response.js';
import { stream, type StreamState } from './stream.js';
import { unsupportedValues } from './unsupported.js';
import { readUsage } from './usage.js';

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
  usageOf: (body, target) => readUsage(objectOf(body), 0, beginning(target).quirks.reportedCost),
  fromUpstreamError,
  webSearch: () => 'tool',
  stream,
};
