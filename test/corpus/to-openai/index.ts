import type { Json } from '../json.js';
import { cast } from '../providers.js';
import type { RecordedCase } from '../recorded-case.js';
import { fromChat } from './chat.js';
import { fromCohere } from './cohere.js';
import { fromConverse } from './converse.js';
import { fromGenerateContent } from './generate-content.js';
import type { MappedRequest } from './mapped-request.js';
import { fromMessages } from './messages.js';
import { neutralRequest } from './neutral.js';
import { fromResponses } from './responses.js';

const MAPPINGS: Readonly<Record<string, (request: Json, providerId: string) => MappedRequest>> = {
  chat: fromChat,
  messages: fromMessages,
  generateContent: fromGenerateContent,
  converse: fromConverse,
  chat_v2: fromCohere,
  responses: fromResponses,
};

/** What an application asks the gateway so that it sends what was recorded; neutral where nothing was. */
export function toOpenAi(recorded: RecordedCase): MappedRequest {
  const mapping = MAPPINGS[recorded.api];
  if (!mapping || !recorded.request) return neutralRequest();
  const casting = cast(recorded);
  const providerId = 'provider' in casting ? casting.provider.id : recorded.folder;
  const mapped = mapping(recorded.request, providerId);
  const { messages } = mapped.body;
  return Array.isArray(messages) && messages.length > 0
    ? mapped
    : neutralRequest([...mapped.lost, 'messages']);
}
