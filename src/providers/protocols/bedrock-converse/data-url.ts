/** Bytes within a request. */
export interface InlineData {
  /** In lower case, without parameters. */
  readonly mediaType: string;
  readonly base64: string;
}

const BASE64_PDF = 'JVBERi0';

/** What a data URL (RFC 2397), or a PDF in bare base64, holds; undefined for other texts. */
export function readInlineData(text: string): InlineData | undefined {
  if (text.startsWith(BASE64_PDF)) return { mediaType: 'application/pdf', base64: text };
  const comma = text.indexOf(',');
  if (!text.startsWith('data:') || comma < 0) return undefined;
  const [mediaType = '', ...attributes] = text.slice('data:'.length, comma).split(';');
  const data = text.slice(comma + 1);
  return {
    mediaType: mediaType === '' ? 'text/plain' : mediaType.toLowerCase(),
    base64: attributes.includes('base64') ? data : Buffer.from(plain(data)).toString('base64'),
  };
}

function plain(data: string): string {
  try {
    return decodeURIComponent(data);
  } catch {
    return data;
  }
}
