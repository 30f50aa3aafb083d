import { PROVIDERS } from '../../src/providers/definitions/registry.js';
import type { ProtocolId, ProviderDefinition } from '../../src/core/provider.js';
import type { RecordedCase } from './recorded-case.js';

/** The provider of a definition without a quirk: what somebody adds at run time is spoken to like it. */
const PLAIN = 'sandbox';

/**
 * Folders of the recordings whose provider has another id in the gateway, or several by protocol, best first. A later
 * id lends its protocol while the provider itself is not there.
 */
const GATEWAY_IDS: Readonly<Record<string, readonly string[]>> = {
  gemini: ['google-ai-studio'],
  vertex: ['google-vertex', 'google-vertex-anthropic'],
  bedrock: ['amazon-bedrock'],
  'bedrock-mantle': ['amazon-bedrock-mantle'],
  together: ['togetherai'],
  moonshot: ['moonshotai'],
  cloudflare: ['cloudflare-workers-ai'],
  'vercel-gateway': ['vercel'],
  ollama: ['ollama', 'ollama-cloud'],
  avian: ['avian', PLAIN],
  copilot: ['github-copilot', PLAIN],
  doubleword: ['doubleword', PLAIN],
  heroku: ['heroku', PLAIN],
  llamacpp: ['llamacpp', PLAIN],
  mistralrs: ['mistralrs', PLAIN],
  snowflake: ['snowflake', PLAIN],
};

/** The gateway's protocol behind each dialect of the recordings that it can be asked for at the chat endpoint. */
const PROTOCOLS: Readonly<Record<string, ProtocolId>> = {
  chat: 'chat-completions',
  messages: 'anthropic-messages',
  generateContent: 'gemini',
  converse: 'bedrock-converse',
  chat_v2: 'cohere-chat',
};

/** The provider that plays a case, or why there is none. */
export type Casting = { readonly provider: ProviderDefinition } | { readonly notBuilt: string };

/** Finds the provider of the gateway that speaks the dialect of a case. */
export function cast(recorded: RecordedCase): Casting {
  const protocol = PROTOCOLS[recorded.api];
  if (protocol === undefined) return { notBuilt: recorded.api };
  const ids = GATEWAY_IDS[recorded.folder] ?? [recorded.folder];
  const known = PROVIDERS.filter((provider) => ids.includes(provider.id));
  const fit = known
    .filter((provider) => provider.protocol === protocol)
    .sort((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id));
  if (fit[0]) return { provider: fit[0] };
  return {
    notBuilt:
      known.length > 0 ? `${recorded.api} at ${known[0]?.id}` : `provider ${recorded.folder}`,
  };
}
