import type { ChatRequest } from '../../core/chat.js';
import { ownEntry } from '../../core/own-entry.js';
import type { Modality, Offer } from '../../core/offer.js';

const MODALITY_OF_PART: Readonly<Record<string, Modality>> = {
  image_url: 'image',
  input_audio: 'audio',
  file: 'file',
  video_url: 'video',
};

/** What a request needs of whatever model answers it, beyond the parameters that the protocols check. */
export interface Needs {
  readonly modalities: ReadonlySet<Modality>;
  readonly tools: boolean;
  readonly jsonSchema: boolean;
}

/** Reads the needs of a request from its messages and parameters. */
export function needsOf(request: ChatRequest): Needs {
  const modalities = new Set<Modality>();
  for (const { content } of request.messages) {
    if (!Array.isArray(content)) continue;
    for (const part of content) {
      const modality = ownEntry(MODALITY_OF_PART, part.type);
      if (modality) modalities.add(modality);
    }
  }
  return {
    modalities,
    tools: (request.tools?.length ?? 0) > 0,
    jsonSchema: request.response_format?.type === 'json_schema',
  };
}

/** Why an offer cannot answer, or undefined if it can. Only what is known to be missing counts. */
export function lackOf(offer: Offer, needs: Needs): string | undefined {
  for (const modality of needs.modalities) {
    if (!offer.capabilities.inputModalities.includes(modality))
      return `does not take ${modality} input`;
  }
  if (needs.tools && offer.capabilities.tools === false) return 'does not call tools';
  return undefined;
}
