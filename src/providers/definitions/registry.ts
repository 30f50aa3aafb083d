import type { ProviderDefinition } from '../../core/provider.js';
import { anthropic } from './anthropic.js';
import { deepseek } from './deepseek.js';
import { googleAiStudio } from './google-ai-studio.js';
import { groq } from './groq.js';
import { mistral } from './mistral.js';
import { openai } from './openai.js';
import { openrouter } from './openrouter.js';
import { sandbox } from './sandbox.js';
import { xai } from './xai.js';

/** Every provider that the gateway knows. A new one is a file beside this one and a line here. */
export const PROVIDERS: readonly ProviderDefinition[] = [
  openai,
  anthropic,
  googleAiStudio,
  groq,
  xai,
  deepseek,
  mistral,
  openrouter,
  sandbox,
];
