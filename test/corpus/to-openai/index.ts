import type { Json } from '../json.js';
import type { RecordedCase } from '../recorded-case.js';
import { fromChat } from './chat.js';
import { fromCohere } from './cohere.js';
import { fromConverse } from './converse.js';
import { fromGenerateContent } from './generate-content.js';
import type { MappedRequest } from './mapped-request.js';
import { fromMessages } from './messages.js';
import { neutralRequest } from './neutral.js';

const MAPPINGS: Readonly<Record<string, (request: Json) => MappedRequest>> = {
  chat: fromChat,
  messages: fromMessages,
  generateContent: fromGenerateContent,
  converse: fromConverse,
  chat_v2: fromCohere,
};

/** What an application asks the gateway so that it sends what was recorded; neutral where nothing was. */
export function toOpenAi(recorded: RecordedCase): MappedRequest {
  const mapping = MAPPINGS[recorded.api];
  if (!mapping || !recorded.request) return neutralRequest();
  const mapped = mapping(recorded.request);
  const { messages } = mapped.body;
  return Array.isArray(messages) && messages.length > 0
    ? mapped
    : neutralRequest([...mapped.lost, 'messages']);
}
