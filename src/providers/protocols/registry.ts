import type { ProtocolId } from '../../core/provider.js';
import { anthropicMessages } from './anthropic-messages/index.js';
import { bedrockConverse } from './bedrock-converse/index.js';
import { chatCompletions } from './chat-completions/index.js';
import { cohereChat } from './cohere-chat/index.js';
import { gemini } from './gemini/index.js';
import type { ChatProtocol } from './protocol.js';
import { responses } from './responses/index.js';

/** The code behind each protocol id. */
export const PROTOCOLS: Readonly<Record<ProtocolId, ChatProtocol>> = {
  'chat-completions': chatCompletions,
  responses,
  'anthropic-messages': anthropicMessages,
  gemini: gemini,
  'bedrock-converse': bedrockConverse,
  'cohere-chat': cohereChat,
};
