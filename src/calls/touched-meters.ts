import type { ChatRequest } from '../core/chat.js';
import { meterSet, type MeterSet } from '../core/meter-set.js';
import type { Offer } from '../core/offer.js';

const OUTPUT_AUDIO = meterSet('output_audio');
const OUTPUT_IMAGE = meterSet('output_image');
const INPUT_IMAGE = meterSet('input_image');
const INPUT_AUDIO = meterSet('input_audio', 'cache_read_audio');
const CACHE_WRITES = meterSet('cache_write_5m', 'cache_write_1h');

/** Meters that only some requests can touch. */
const SPECIAL = OUTPUT_AUDIO | OUTPUT_IMAGE | INPUT_IMAGE | INPUT_AUDIO | CACHE_WRITES;

/** The meters that this request cannot touch at this offer, whatever the answer: they need not be held for. */
export function untouchedMeters(request: ChatRequest, offer: Offer): MeterSet {
  let touched = 0;
  for (const modality of request.modalities ?? offer.capabilities.outputModalities) {
    if (modality === 'audio') touched |= OUTPUT_AUDIO;
    if (modality === 'image') touched |= OUTPUT_IMAGE;
  }
  for (const message of request.messages) {
    if (!Array.isArray(message.content)) continue;
    for (const part of message.content) {
      if (part.type === 'image_url' || part.type === 'file') touched |= INPUT_IMAGE;
      if (part.type === 'input_audio' || part.type === 'file') touched |= INPUT_AUDIO;
    }
  }
  if (asksForCacheWrites(request)) touched |= CACHE_WRITES;
  return SPECIAL & ~touched;
}

/** Anthropic writes its cache where a block is marked, and nowhere else. */
function asksForCacheWrites(request: ChatRequest): boolean {
  return (
    isMarked(request) ||
    (request.tools?.some(isMarked) ?? false) ||
    request.messages.some(
      (message) =>
        isMarked(message) || (Array.isArray(message.content) && message.content.some(isMarked)),
    )
  );
}

function isMarked(value: object): boolean {
  return 'cache_control' in value;
}
