import type { ChatProtocol } from '../protocol.js';
import { fromUpstreamError } from './errors.js';
import { parameters } from './parameters.js';
import { toUpstreamRequest } from './request.js';
import { fromUpstreamResponse } from './response.js';
import { stream, type StreamState } from './stream.js';
import { unsupportedValues } from './unsupported.js';

/** The dialect of Amazon Bedrock's Converse and ConverseStream, for the models of all makers there. */
export const bedrockConverse: ChatProtocol<StreamState> = {
  id: 'bedrock-converse',
  parameters,
  otherParameters: { rule: 'drop' },
  unsupportedValues,
  toUpstreamRequest,
  fromUpstreamResponse,
  fromUpstreamError,
  stream,
  framing: 'aws-event-stream',
};
