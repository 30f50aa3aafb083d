import type { ProviderDefinition } from '../../src/core/provider.js';
import { answerDifferences, type Asked } from './checks/answer.js';
import { messageOf } from './checks/error.js';
import { requestDifferences } from './checks/request.js';
import { frameDifferences } from './checks/same-frames.js';
import type { UsageOption } from './checks/stream-form.js';
import { readAnswer } from './client/read-answer.js';
import type { Json } from './json.js';
import { modelOf } from './catalogue.js';
import { playbackOf, type ByteMode } from './playback.js';
import { readRecording } from './reading/index.js';
import type { Reading } from './reading/reading.js';
import type { RecordedCase } from './recorded-case.js';
import { perform, type Performance, type Stage } from './stage.js';
import { toOpenAi } from './to-openai/index.js';
import { neutralRequest } from './to-openai/neutral.js';
import { twinDifferences } from './twin/play-twin.js';

/** What playing a case showed. */
export interface Played {
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/** A case with what it takes to ask the gateway for it. */
export class Scene {
  readonly expected: Reading;
  readonly model: string;
  readonly notes: string[];
  body: Json;

  constructor(
    readonly stage: Stage,
    readonly recorded: RecordedCase,
    readonly provider: ProviderDefinition,
  ) {
    const mapped = toOpenAi(recorded);
    this.expected = readRecording(recorded);
    this.model = modelOf(recorded);
    this.body = mapped.body;
    this.notes = mapped.lost.length > 0 ? [`not in OpenAI's shape: ${mapped.lost.join(', ')}`] : [];
    if (!recorded.request) this.notes.push('no request recorded, a neutral one is sent');
  }

  asked(usage: UsageOption): Asked {
    return {
      providerId: this.provider.id,
      upstreamModel: this.model,
      usage,
      schemas: this.stage.schemas,
    };
  }

  request(stream: boolean, usage: UsageOption): Json {
    const options = usage === 'unset' ? {} : { stream_options: { include_usage: usage } };
    return {
      ...this.body,
      model: `${this.provider.id}/${this.model}`,
      ...(stream ? { stream, ...options } : {}),
    };
  }

  play(mode: ByteMode, usage: UsageOption): Promise<Performance> {
    return perform(
      this.stage,
      this.provider.id,
      playbackOf(this.recorded, mode),
      this.request(this.recorded.stream, usage),
    );
  }
}

/** Plays a recording to the running gateway in every way, and compares what came with what was recorded. */
export async function playCase(
  stage: Stage,
  recorded: RecordedCase,
  provider: ProviderDefinition,
): Promise<Played> {
  const scene = new Scene(stage, recorded, provider);
  const whole = await firstPerformance(scene);
  if (whole.received.length === 0) return { problems: [refusal(whole)], notes: scene.notes };
  const problems = [
    ...answerDifferences(scene.expected, whole.answer, scene.asked(true)),
    ...sentDifferences(scene, whole),
  ];
  if (problems.length === 0) problems.push(...(await furtherPerformances(scene, whole)));
  return { problems, notes: scene.notes };
}

/**
 * A request that a provider refused may be refused by the gateway itself, before the provider is asked; how the
 * provider's own error is told is then seen with a neutral request.
 */
async function firstPerformance(scene: Scene): Promise<Performance> {
  const whole = await scene.play('recorded', true);
  if (whole.received.length > 0 || !scene.expected.error || whole.answer.status !== 400)
    return whole;
  scene.notes.push(`the gateway itself refuses the recorded request: ${messageOf(whole.answer)}`);
  scene.body = neutralRequest().body;
  return scene.play('recorded', true);
}

/** Of a request that the provider refused nothing can be said. */
function sentDifferences({ recorded, expected }: Scene, { received }: Performance): string[] {
  return recorded.request && !expected.error
    ? requestDifferences({ ...recorded, request: recorded.request }, received[0])
    : [];
}

function refusal({ answer }: Performance): string {
  const { error } = readAnswer(answer);
  return `refused before the provider was asked: ${answer.status} ${error?.codes[0] ?? ''}: ${messageOf(answer)}`;
}

/** The first difference among the other ways to ask the same; later ones would say it again. */
async function furtherPerformances(scene: Scene, whole: Performance): Promise<string[]> {
  const split = await scene.play('split', true);
  const cut = frameDifferences(whole.answer, split.answer);
  if (cut.length > 0) return cut;
  for (const usage of scene.recorded.stream ? (['unset', false] as const) : []) {
    const { answer } = await scene.play('recorded', usage);
    const differences = answerDifferences(scene.expected, answer, scene.asked(usage));
    if (differences.length > 0) return differences.map((line) => `include_usage ${usage}: ${line}`);
  }
  return twinDifferences(scene, whole.answer);
}
