import { ValidateBy, type ValidationArguments } from 'class-validator';
import { isObject, type JsonObject } from '../../core/json-object.js';
import { ownEntry } from '../../core/own-entry.js';

/** What each kind of part must carry: the field of its payload, and of that the text. */
const PART_PAYLOADS: Readonly<Record<string, (part: JsonObject) => string | undefined>> = {
  text: (part) => (typeof part['text'] === 'string' ? undefined : 'text must be a string'),
  refusal: (part) => (typeof part['refusal'] === 'string' ? undefined : 'refusal must be a string'),
  image_url: (part) => needsText(part, 'image_url', 'url'),
  video_url: (part) => needsText(part, 'video_url', 'url'),
  input_audio: (part) =>
    needsText(part, 'input_audio', 'data') ?? needsText(part, 'input_audio', 'format'),
  file: (part) => (isObject(part['file']) ? undefined : 'file must be an object'),
};

function needsText(part: JsonObject, payload: string, field: string): string | undefined {
  const value = part[payload];
  return isObject(value) && typeof value[field] === 'string'
    ? undefined
    : `${payload}.${field} must be a string`;
}

function faultOfPart(part: unknown): string | undefined {
  if (!isObject(part)) return 'must be an object';
  const check = ownEntry(PART_PAYLOADS, part['type']);
  if (!check) return `type must be one of ${Object.keys(PART_PAYLOADS).join(', ')}`;
  return check(part);
}

function faultOfContent(content: unknown): string | undefined {
  if (typeof content === 'string') return undefined;
  if (!Array.isArray(content)) return 'must be a string or an array of parts';
  for (const [index, part] of content.entries()) {
    const fault = faultOfPart(part);
    if (fault) return `part ${index}: ${fault}`;
  }
  return undefined;
}

/** Content of a message: a string, or parts of the known kinds. */
export function IsMessageContent(): PropertyDecorator {
  return ValidateBy({
    name: 'isMessageContent',
    validator: {
      validate: (value: unknown) => faultOfContent(value) === undefined,
      defaultMessage: (args?: ValidationArguments) => faultOfContent(args?.value) ?? 'is invalid',
    },
  });
}
