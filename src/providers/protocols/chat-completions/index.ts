import { isObject } from '../json.js';
import type { ChatProtocol } from '../protocol.js';
import { fromUpstreamError } from './errors.js';
import { toUpstreamRequest, unsupportedValues } from './request.js';
import { fromUpstreamResponse } from './response.js';
import { stream, type StreamState } from './stream.js';
import { readUsage } from './usage.js';

/**
 * The OpenAI Chat Completions dialect, and what its many speakers do differently. It is the canonical form, so a
 * request passes nearly unchanged and unknown fields survive.
 */
export const chatCompletions: ChatProtocol<StreamState> = {
  id: 'chat-completions',
  parameters: {
    web_search: { rule: 'refuse' },
    reasoning: { rule: 'translate' },
  },
  otherParameters: { rule: 'pass' },
  unsupportedValues,
  toUpstreamRequest,
  fromUpstreamResponse,
  usageOf: (body, { provider }) => (isObject(body) ? readUsage(body, provider.quirks) : undefined),
  fromUpstreamError,
  webSearch: ({ offer, provider }) =>
    provider.quirks?.searchModels?.test(offer.upstreamModel) === false ? undefined : 'options',
  stream,
};
