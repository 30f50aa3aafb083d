import { contentDifferences, unequal } from '../checks/content.js';
import { errorDifferences } from '../checks/error.js';
import type { GatewayAnswer } from '../client/gateway-answer.js';
import { readAnswer } from '../client/read-answer.js';
import type { Scene } from '../play-case.js';
import { playbackOfText, type SynthesisedFormat } from '../playback.js';
import { perform } from '../stage.js';
import { twinOf } from './twin.js';

/** What differs between the answer to the recording and that to its synthesised twin: nothing may. */
export async function twinDifferences(scene: Scene, original: GatewayAnswer): Promise<string[]> {
  const twin = twinOf(scene.recorded);
  if (!twin) return [];
  const framing: SynthesisedFormat = scene.recorded.api === 'converse' ? 'eventstream' : 'sse';
  const played = playbackOfText(twin.body, twin.stream ? framing : 'json');
  const { answer } = await perform(
    scene.stage,
    scene.provider.id,
    played,
    scene.request(twin.stream, true),
  );
  const [expected, actual] = [readAnswer(original), readAnswer(answer)];
  const failed = errorDifferences(undefined, actual, answer);
  const differences = failed.length > 0 ? failed : contentDifferences(expected, actual);
  if (scene.expected.usage) differences.push(...unequal('usage', expected.usage, actual.usage));
  return differences.map((line) => `${twin.stream ? 'as a stream' : 'without a stream'}: ${line}`);
}
