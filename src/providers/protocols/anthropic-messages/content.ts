import type { ContentPart, FilePart, ImagePart } from '../../../core/chat.js';
import { invalidParameter } from '../../../core/errors.js';
import { stringOf, type JsonObject } from '../json.js';

/** A block of content as the Messages API has it. */
export type Block = JsonObject;

/** Parts that no Claude model takes. */
const UNSUPPORTED_PARTS: ReadonlySet<string> = new Set(['input_audio', 'video_url', 'input_video']);

const PDF_IN_BASE64 = 'JVBERi0';

interface DataUrl {
  readonly mediaType: string;
  readonly base64: boolean;
  readonly data: string;
}

/**
 * The parts of a message as blocks. Text without a visible character is left out, because the API refuses it. What
 * stands in a part beside its content (`cache_control`, `citations`) is kept, and parts that are blocks of the API
 * already (`search_result`, `document`) pass.
 * @throws GatewayError invalid_parameter naming the part.
 */
export function toBlocks(
  content: string | readonly ContentPart[] | null | undefined,
  path: string,
): Block[] {
  if (typeof content === 'string') return textBlocks({ type: 'text', text: content });
  return (content ?? []).flatMap((part, index) => partBlocks(part, `${path}[${index}]`));
}

/** Whether a part can be sent at all; if not, the request needs another model. */
export function isSupportedPart(part: ContentPart): boolean {
  if (UNSUPPORTED_PARTS.has(part.type)) return false;
  return part.type !== 'file' || fileBlock(part) !== undefined;
}

function partBlocks(part: ContentPart, path: string): Block[] {
  switch (part.type) {
    case 'text':
      return textBlocks(part);
    case 'refusal':
      return textBlocks({ type: 'text', text: part.refusal });
    case 'image_url':
      return [imageBlock(part, path)];
    case 'file':
      return [fileBlockAt(part, path)];
    case 'input_audio':
      throw invalidParameter(path, 'Audio is not supported by the model.');
    default:
      return [part];
  }
}

function textBlocks(part: JsonObject): Block[] {
  const text = stringOf(part['text']) ?? '';
  return text.trim() === '' ? [] : [part];
}

function imageBlock(part: ImagePart, path: string): Block {
  const { image_url: image, type: _type, ...beside } = part;
  const source = imageSource(stringOf(image?.url) ?? '');
  if (!source)
    throw invalidParameter(
      `${path}.image_url.url`,
      'An image must be an http(s) URL or a base64 data URL.',
    );
  return { type: 'image', source, ...beside };
}

function imageSource(url: string): JsonObject | undefined {
  if (isWebAddress(url)) return { type: 'url', url };
  const inline = readDataUrl(url);
  return inline?.base64 ? base64Source(inline) : undefined;
}

function fileBlockAt(part: FilePart, path: string): Block {
  const block = fileBlock(part);
  if (block) return block;
  throw invalidParameter(path, 'This kind of file is not supported by the model.');
}

/** PDF and plain text become documents, images images; undefined for what the API has no block for. */
function fileBlock(part: FilePart): Block | undefined {
  const { file, type: _type, ...beside } = part;
  const data = stringOf(file?.file_data);
  if (data === undefined) return undefined;
  const title = file.filename ? { title: file.filename } : {};
  if (isWebAddress(data))
    return { type: 'document', source: { type: 'url', url: data }, ...title, ...beside };
  const inline = data.startsWith(PDF_IN_BASE64)
    ? { mediaType: 'application/pdf', base64: true, data }
    : readDataUrl(data);
  if (!inline) return undefined;
  if (inline.mediaType.startsWith('image/'))
    return { type: 'image', source: base64Source(inline), ...beside };
  const source = documentSource(inline);
  return source && { type: 'document', source, ...title, ...beside };
}

function documentSource(inline: DataUrl): JsonObject | undefined {
  if (inline.mediaType === 'application/pdf')
    return inline.base64 ? base64Source(inline) : undefined;
  if (!inline.mediaType.startsWith('text/')) return undefined;
  return { type: 'text', media_type: 'text/plain', data: plainText(inline) };
}

function base64Source(inline: DataUrl): JsonObject {
  return { type: 'base64', media_type: inline.mediaType, data: inline.data };
}

function plainText(inline: DataUrl): string {
  if (inline.base64) return Buffer.from(inline.data, 'base64').toString('utf8');
  try {
    return decodeURIComponent(inline.data);
  } catch {
    return inline.data;
  }
}

function isWebAddress(url: string): boolean {
  return url.startsWith('https://') || url.startsWith('http://');
}

/** Source: RFC 2397. */
function readDataUrl(url: string): DataUrl | undefined {
  const comma = url.indexOf(',');
  if (!url.startsWith('data:') || comma < 0) return undefined;
  const [mediaType = '', ...attributes] = url.slice('data:'.length, comma).split(';');
  const base64 = attributes.includes('base64');
  return {
    mediaType: mediaType === '' ? 'text/plain' : mediaType.toLowerCase(),
    base64,
    data: url.slice(comma + 1),
  };
}
