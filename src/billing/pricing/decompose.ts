import type { Meter } from '../../core/price.js';
import type { Usage } from '../../core/usage.js';

/** Disjoint units: each token, search and request of a call is counted on exactly one meter. */
export interface Units {
  /** Meters with a price, and how much of each was used; none is zero. */
  readonly units: ReadonlyMap<Meter, number>;
  /** Meters that were used and have no price, nor a wider one that may stand in. */
  readonly unpriced: readonly Meter[];
}

/**
 * The wider meters that may stand in for one without a price, best first. Where audio is priced apart, cached audio
 * without a price of its own is audio, not cached text. What has no entry has no stand-in: an hour's cache write
 * costs more than one of five minutes, audio and images in the output cost more than text.
 */
const STAND_INS: Partial<Record<Meter, readonly Meter[]>> = {
  cache_read: ['input'],
  cache_read_audio: ['input_audio', 'cache_read', 'input'],
  cache_write: ['cache_write_5m', 'input'],
  cache_write_5m: ['cache_write', 'input'],
  input_audio: ['input'],
  input_image: ['input'],
  reasoning: ['output'],
};

/**
 * Splits a call's inclusive usage into disjoint units of the meters that have a price.
 * The request itself is counted only where it is priced.
 * @throws RangeError if a count is not a whole number or a part is larger than what it is part of.
 */
export function decompose(usage: Usage, isPriced: (meter: Meter) => boolean): Units {
  const units = new Map<Meter, number>();
  const unpriced: Meter[] = [];
  const add = (meter: Meter, quantity: number): void => {
    if (quantity === 0) return;
    const counted = isPriced(meter) ? meter : STAND_INS[meter]?.find(isPriced);
    if (counted) units.set(counted, (units.get(counted) ?? 0) + quantity);
    else unpriced.push(meter);
  };
  addInput(usage, add);
  addOutput(usage, add);
  add('request', isPriced('request') ? 1 : 0);
  add('web_search', count('webSearches', usage.webSearches));
  return { units, unpriced };
}

type Add = (meter: Meter, quantity: number) => void;

/**
 * The prompt in disjoint parts. Providers tell how much of the prompt is audio or images, but not always how much of
 * that came from the cache: of what is not in a cache, no more than all of it can be audio or images.
 */
function addInput(usage: Usage, add: Add): void {
  const total = count('promptTokens', usage.promptTokens);
  const cached = count('cachedTokens', usage.cachedTokens);
  const cachedAudio = count('cachedAudioTokens', usage.cachedAudioTokens);
  const audio = count('promptAudioTokens', usage.promptAudioTokens);
  const image = count('promptImageTokens', usage.promptImageTokens);
  const write5m = count('cacheWrite5mTokens', usage.cacheWrite5mTokens);
  const write1h = count('cacheWrite1hTokens', usage.cacheWrite1hTokens);
  const write = count('cacheWriteTokens', usage.cacheWriteTokens);

  const fresh = rest('promptTokens', total, cached + write5m + write1h + write);
  rest('promptTokens', total, audio + image);
  const freshAudio = Math.min(rest('promptAudioTokens', audio, cachedAudio), fresh);
  const freshImage = Math.min(image, fresh - freshAudio);
  add('input', fresh - freshAudio - freshImage);
  add('input', count('citationTokens', usage.citationTokens));
  add('cache_read', rest('cachedTokens', cached, cachedAudio));
  add('cache_read_audio', cachedAudio);
  add('cache_write_5m', write5m);
  add('cache_write_1h', write1h);
  add('cache_write', write);
  add('input_audio', freshAudio);
  add('input_image', freshImage);
}

function addOutput(usage: Usage, add: Add): void {
  const total = count('completionTokens', usage.completionTokens);
  const reasoning = count('reasoningTokens', usage.reasoningTokens);
  const audio = count('completionAudioTokens', usage.completionAudioTokens);
  const image = count('completionImageTokens', usage.completionImageTokens);
  add('output', rest('completionTokens', total, reasoning + audio + image));
  add('reasoning', reasoning);
  add('output_audio', audio);
  add('output_image', image);
}

function count(name: keyof Usage, value: number | undefined): number {
  if (value === undefined) return 0;
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`${name} is not a count: ${value}`);
  return value;
}

function rest(name: keyof Usage, total: number, parts: number): number {
  if (parts > total)
    throw new RangeError(`the parts of ${name} are ${parts}, more than its ${total}`);
  return total - parts;
}
