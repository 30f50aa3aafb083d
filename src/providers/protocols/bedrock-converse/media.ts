import { ownEntry } from '../../../core/own-entry.js';
import { objectOf, stringOf, type JsonObject } from '../json.js';
import { readInlineData } from './data-url.js';

/** A kind of block and the format within it. */
type Form = readonly [kind: 'image' | 'document' | 'video', format: string];

const OPEN_XML = 'application/vnd.openxmlformats-officedocument';

/** Source: docs.aws.amazon.com/bedrock/latest/APIReference, ImageBlock, DocumentBlock and VideoBlock. */
const FORMS: Readonly<Record<string, Form>> = {
  'image/png': ['image', 'png'],
  'image/jpeg': ['image', 'jpeg'],
  'image/jpg': ['image', 'jpeg'],
  'image/gif': ['image', 'gif'],
  'image/webp': ['image', 'webp'],
  'application/pdf': ['document', 'pdf'],
  'text/csv': ['document', 'csv'],
  'application/msword': ['document', 'doc'],
  [`${OPEN_XML}.wordprocessingml.document`]: ['document', 'docx'],
  'application/vnd.ms-excel': ['document', 'xls'],
  [`${OPEN_XML}.spreadsheetml.sheet`]: ['document', 'xlsx'],
  'text/html': ['document', 'html'],
  'text/plain': ['document', 'txt'],
  'text/markdown': ['document', 'md'],
  'video/mp4': ['video', 'mp4'],
  'video/quicktime': ['video', 'mov'],
  'video/webm': ['video', 'webm'],
  'video/x-matroska': ['video', 'mkv'],
  'video/mpeg': ['video', 'mpeg'],
};

/** By the end of the name of an object in S3. */
const FORM_OF_SUFFIX: Readonly<Record<string, Form>> = Object.fromEntries([
  ...Object.values(FORMS).map((form) => [form[1], form] as const),
  ['jpg', ['image', 'jpeg'] as const] as const,
]);

const NOT_IN_NAMES = /[^a-zA-Z0-9\s\-()[\]]+/g;
const LONGEST_NAME = 190;

/** What is sent of a medium: its address or bytes, and the name of a file. */
interface Medium {
  readonly place: string;
  readonly filename?: string | undefined;
}

/** The names of the documents of one request, which must all be different. */
export class DocumentNames {
  private readonly taken = new Set<string>();

  /** A name that is not taken yet, in the characters that the API allows. */
  take(filename: string | undefined): string {
    const stem = (filename ?? '').replace(/\.[^.]*$/, '').replace(NOT_IN_NAMES, ' ');
    const wanted = stem.replace(/\s+/g, ' ').trim().slice(0, LONGEST_NAME) || 'Document';
    let name = wanted;
    for (let number = 2; this.taken.has(name); number++) name = `${wanted} ${number}`;
    this.taken.add(name);
    return name;
  }
}

/** The block for a part of a message; undefined where Converse has none. Texts are no media. */
export function mediaBlock(part: JsonObject, names: DocumentNames): JsonObject | undefined {
  const medium = mediumOf(part);
  const source = medium && sourceOf(medium);
  if (!source) return undefined;
  const [kind, format] = source.form;
  const name = kind === 'document' ? { name: names.take(medium.filename) } : {};
  return { [kind]: { ...name, format, source: source.source } };
}

function mediumOf(part: JsonObject): Medium | undefined {
  switch (part['type']) {
    case 'image_url':
    case 'video_url':
      return { place: stringOf(objectOf(part[part['type']])['url']) ?? '' };
    case 'file': {
      const file = objectOf(part['file']);
      return { place: stringOf(file['file_data']) ?? '', filename: stringOf(file['filename']) };
    }
    default:
      return undefined;
  }
}

function sourceOf({ place }: Medium): { form: Form; source: JsonObject } | undefined {
  if (place.startsWith('s3://')) {
    const form = ownEntry(FORM_OF_SUFFIX, place.split('.').at(-1)?.toLowerCase());
    return form && { form, source: { s3Location: { uri: place } } };
  }
  const inline = readInlineData(place);
  const form = ownEntry(FORMS, inline?.mediaType);
  return inline && form && { form, source: { bytes: inline.base64 } };
}
