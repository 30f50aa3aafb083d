/** An image as a data URL. */
export function imageUrl(mimeType: string, data: string): string {
  return `data:${mimeType};base64,${data}`;
}

/** Gemini speaks raw 16-bit samples, little-endian, mono, 24 kHz: what OpenAI calls pcm16. */
function audioFormat(mimeType: string): string {
  const [type = ''] = mimeType.slice('audio/'.length).split(';');
  return /^(?:L16|pcm)$/i.test(type) ? 'pcm16' : type;
}

/**
 * A piece of speech in OpenAI's form. Nothing is kept of it, so it can never be referred to by its id and counts as
 * expired from the start.
 */
export function audioDelta(
  mimeType: string,
  data: string,
  isContinued: boolean,
  context: { readonly responseId: string | undefined; readonly index: number },
): Record<string, unknown> {
  if (isContinued) return { data };
  const id = `audio_${context.responseId ?? ''}_${context.index}`;
  const format = audioFormat(mimeType);
  return { id, data, expires_at: 0, transcript: '', format, mime_type: mimeType };
}
