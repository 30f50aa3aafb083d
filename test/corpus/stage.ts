import type { OpenAiSchemas } from './checks/schema.js';
import { askGateway, type GatewayAnswer } from './client/gateway-answer.js';
import type { Json } from './json.js';
import type { PlayedAnswer, ReceivedRequest, ReplayServer } from '../support/replay-server.js';

/** What the cases are played on. */
export interface Stage {
  readonly gateway: { readonly url: string; readonly apiKey: string };
  readonly replay: ReplayServer;
  /** Undefined where OpenAI's schemas are not at hand. */
  readonly schemas: OpenAiSchemas | undefined;
}

export interface Performance {
  readonly answer: GatewayAnswer;
  /** What the gateway asked the provider. */
  readonly received: readonly ReceivedRequest[];
}

const LONGEST_CALL_MS = 20_000;

/** Asks the gateway while the provider answers as given. */
export async function perform(
  stage: Stage,
  provider: string,
  played: PlayedAnswer,
  request: Json,
): Promise<Performance> {
  stage.replay.play(provider, played);
  const signal = AbortSignal.timeout(LONGEST_CALL_MS);
  const answer = await askGateway(stage.gateway.url, stage.gateway.apiKey, request, signal);
  return { answer, received: stage.replay.received(provider) };
}
