import type { ProviderDefinition } from '../../core/provider.js';
import { ai21 } from './ai21.js';
import { alibaba } from './alibaba.js';
import { alibabaCn } from './alibaba-cn.js';
import { amazonBedrock } from './amazon-bedrock.js';
import { amazonBedrockMantle } from './amazon-bedrock-mantle.js';
import { anthropic } from './anthropic.js';
import { arcee } from './arcee.js';
import { azure } from './azure.js';
import { azureAnthropic } from './azure-anthropic.js';
import { bailing } from './bailing.js';
import { baseten } from './baseten.js';
import { cerebras } from './cerebras.js';
import { chutes } from './chutes.js';
import { cloudflareWorkersAi } from './cloudflare-workers-ai.js';
import { cohere } from './cohere.js';
import { crusoe } from './crusoe.js';
import { databricks } from './databricks.js';
import { deepinfra } from './deepinfra.js';
import { deepseek } from './deepseek.js';
import { digitalocean } from './digitalocean.js';
import { fireworksAi } from './fireworks-ai.js';
import { friendli } from './friendli.js';
import { gmicloud } from './gmicloud.js';
import { googleAiStudio } from './google-ai-studio.js';
import { googleVertex } from './google-vertex.js';
import { googleVertexAnthropic } from './google-vertex-anthropic.js';
import { googleVertexOpenapi } from './google-vertex-openapi.js';
import { groq } from './groq.js';
import { huggingface } from './huggingface.js';
import { inception } from './inception.js';
import { inference } from './inference.js';
import { ioNet } from './io-net.js';
import { jina } from './jina.js';
import { longcat } from './longcat.js';
import { meta } from './meta.js';
import { minimax } from './minimax.js';
import { mistral } from './mistral.js';
import { moonshotai } from './moonshotai.js';
import { morph } from './morph.js';
import { nebius } from './nebius.js';
import { novitaAi } from './novita-ai.js';
import { nvidia } from './nvidia.js';
import { oci } from './oci.js';
import { ollamaCloud } from './ollama-cloud.js';
import { openai } from './openai.js';
import { openrouter } from './openrouter.js';
import { ovhcloud } from './ovhcloud.js';
import { perplexity } from './perplexity.js';
import { requesty } from './requesty.js';
import { sakana } from './sakana.js';
import { sambanova } from './sambanova.js';
import { sandbox } from './sandbox.js';
import { scaleway } from './scaleway.js';
import { siliconflow } from './siliconflow.js';
import { stepfun } from './stepfun.js';
import { synthetic } from './synthetic.js';
import { thinkingmachines } from './thinkingmachines.js';
import { togetherai } from './togetherai.js';
import { upstage } from './upstage.js';
import { venice } from './venice.js';
import { vercel } from './vercel.js';
import { volcengine } from './volcengine.js';
import { voyage } from './voyage.js';
import { wandb } from './wandb.js';
import { watsonx } from './watsonx.js';
import { xai } from './xai.js';
import { xiaomi } from './xiaomi.js';
import { zai } from './zai.js';
import { zhipuai } from './zhipuai.js';

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
  moonshotai,
  zai,
  zhipuai,
  minimax,
  xiaomi,
  alibaba,
  alibabaCn,
  ai21,
  stepfun,
  upstage,
  inception,
  arcee,
  morph,
  sakana,
  longcat,
  bailing,
  thinkingmachines,
  volcengine,
  perplexity,
  cohere,
  meta,
  cerebras,
  togetherai,
  fireworksAi,
  deepinfra,
  baseten,
  novitaAi,
  nebius,
  siliconflow,
  sambanova,
  nvidia,
  huggingface,
  cloudflareWorkersAi,
  scaleway,
  ovhcloud,
  friendli,
  chutes,
  venice,
  ioNet,
  digitalocean,
  crusoe,
  gmicloud,
  wandb,
  inference,
  oci,
  databricks,
  synthetic,
  ollamaCloud,
  vercel,
  requesty,
  amazonBedrock,
  amazonBedrockMantle,
  azure,
  azureAnthropic,
  googleVertex,
  googleVertexAnthropic,
  googleVertexOpenapi,
  watsonx,
  voyage,
  jina,
  sandbox,
];
