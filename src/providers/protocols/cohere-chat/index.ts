import { objectOf } from '../json.js';
import type { ChatProtocol } from '../protocol.js';
import { fromUpstreamError } from './errors.js';
import { parameters } from './parameters.js';
import { toUpstreamRequest } from './request.js';
import { fromUpstreamResponse } from './response.js';
import { stream, type StreamState } from './stream.js';
import { unsupportedValues } from './unsupported.js';
import { readUsage } from './usage.js';

/** The dialect of version 2 of Cohere's Chat API. */
export const cohereChat: ChatProtocol<StreamState> = {
  id: 'cohere-chat',
  parameters,
  otherParameters: { rule: 'drop' },
  unsupportedValues,
  toUpstreamRequest,
  fromUpstreamResponse,
  usageOf: (body) => readUsage(objectOf(body)['usage']),
  fromUpstreamError,
  stream,
};
