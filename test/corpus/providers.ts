import { PROVIDERS } from '../../src/providers/definitions/registry.js';
import type { ProtocolId, ProviderDefinition } from '../../src/core/provider.js';
import type { RecordedCase } from './recorded-case.js';

/** The provider of a definition without a quirk: what somebody adds at run time is spoken to like it. */
const PLAIN = 'sandbox';

/**
 * Folders of the recordings whose provider has another id in the gateway, or several by protocol, best first.
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
};

/** The gateway's protocol behind each dialect of the recordings that it can be asked for at the chat endpoint. */
const PROTOCOLS: Readonly<Record<string, ProtocolId>> = {
  chat: 'chat-completions',
  messages: 'anthropic-messages',
  generateContent: 'gemini',
  converse: 'bedrock-converse',
  chat_v2: 'cohere-chat',
  responses: 'responses',
};

/** Protocols that an offer may name at providers of another one. */
const NAMED_BY_OFFERS: Readonly<Partial<Record<ProtocolId, ProtocolId>>> = {
  responses: 'chat-completions',
};

/** Answers of endpoints that are not chat, though their dialect is: dialect and tag → endpoint. */
const OTHER_ENDPOINTS: Readonly<Record<string, string>> = {
  'responses t:compaction': 'responses/compact',
};

/** The provider that plays a case, or why there is none. */
export type Casting = { readonly provider: ProviderDefinition } | { readonly notBuilt: string };

/** The protocol that the offer of a case has to name, as its provider's own is another one. */
export function namedProtocol({ api }: RecordedCase): ProtocolId | undefined {
  const protocol = PROTOCOLS[api];
  return protocol !== undefined && protocol in NAMED_BY_OFFERS ? protocol : undefined;
}

/** Who lends its protocol to a folder that no provider is known for, as to one that somebody adds at run time. */
const LENDERS: Readonly<Partial<Record<ProtocolId, string>>> = {
  'chat-completions': PLAIN,
  'anthropic-messages': 'anthropic',
  gemini: 'google-ai-studio',
  'bedrock-converse': 'amazon-bedrock',
  'cohere-chat': 'cohere',
};

/** Finds the provider of the gateway that speaks the dialect of a case. */
export function cast(recorded: RecordedCase): Casting {
  const protocol = PROTOCOLS[recorded.api];
  if (protocol === undefined) return { notBuilt: recorded.api };
  const other = recorded.features
    .map((tag) => OTHER_ENDPOINTS[`${recorded.api} ${tag}`])
    .find((endpoint) => endpoint !== undefined);
  if (other !== undefined) return { notBuilt: other };
  const own = NAMED_BY_OFFERS[protocol] ?? protocol;
  const ids = [...(GATEWAY_IDS[recorded.folder] ?? [recorded.folder]), LENDERS[own]];
  const rank = ({ id, aliases = [] }: ProviderDefinition): number =>
    ids.findIndex((name) => name === id || aliases.some((alias) => alias === name));
  const [fit] = PROVIDERS.filter((known) => known.protocol === own && rank(known) >= 0).sort(
    (one, another) => rank(one) - rank(another),
  );
  return fit ? { provider: fit } : { notBuilt: `provider ${recorded.folder}` };
}
