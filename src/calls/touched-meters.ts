import type { ChatRequest } from '../core/chat.js';
import type { Offer } from '../core/offer.js';
import type { Meter } from '../core/price.js';

/** Meters that only some requests can touch. */
const SPECIAL: readonly Meter[] = [
  'input_audio',
  'cache_read_audio',
  'input_image',
  'output_audio',
  'output_image',
  'cache_write_5m',
  'cache_write_1h',
];

/** The meters that this request cannot touch at this offer, whatever the answer: they need not be held for. */
export function untouchedMeters(request: ChatRequest, offer: Offer): readonly Meter[] {
  const touched = new Set<Meter>();
  for (const modality of request.modalities ?? offer.capabilities.outputModalities) {
    if (modality === 'audio') touched.add('output_audio');
    if (modality === 'image') touched.add('output_image');
  }
  for (const message of request.messages) {
    if (!Array.isArray(message.content)) continue;
    for (const part of message.content) {
      if (part.type === 'image_url' || part.type === 'file') touched.add('input_image');
      if (part.type === 'input_audio' || part.type === 'file') {
        touched.add('input_audio');
        touched.add('cache_read_audio');
      }
    }
  }
  if (asksForCacheWrites(request)) {
    touched.add('cache_write_5m');
    touched.add('cache_write_1h');
  }
  return SPECIAL.filter((meter) => !touched.has(meter));
}

/** Anthropic writes its cache where a block is marked, and nowhere else. */
function asksForCacheWrites(request: ChatRequest): boolean {
  const marked = (value: object): boolean => 'cache_control' in value;
  return (
    marked(request) ||
    (request.tools?.some(marked) ?? false) ||
    request.messages.some(
      (message) =>
        marked(message) || (Array.isArray(message.content) && message.content.some(marked)),
    )
  );
}
