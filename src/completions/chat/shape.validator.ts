import { ValidateBy } from 'class-validator';
import { isObject } from '../../core/json-object.js';

function rule(
  name: string,
  holds: (value: unknown) => boolean,
  message: string,
): PropertyDecorator {
  return ValidateBy({ name, validator: { validate: holds, defaultMessage: () => message } });
}

const isText = (value: unknown): boolean => typeof value === 'string';

/** A plain JSON object. */
export const IsPlainObject = (): PropertyDecorator =>
  rule('isPlainObject', isObject, 'must be an object');

/** A string, or an array of at most `max` strings. */
export const IsTextOrTexts = (max: number): PropertyDecorator =>
  rule(
    'isTextOrTexts',
    (value) =>
      isText(value) || (Array.isArray(value) && value.length <= max && value.every(isText)),
    `must be a string or an array of at most ${max} strings`,
  );

/** One of these strings, or an object. */
export const IsOneOfOrObject = (names: readonly string[]): PropertyDecorator =>
  rule(
    'isOneOfOrObject',
    (value) => isObject(value) || (typeof value === 'string' && names.includes(value)),
    `must be one of ${names.join(', ')}, or an object`,
  );

/** An object whose values are strings. */
export const IsTextMap = (): PropertyDecorator =>
  rule(
    'isTextMap',
    (value) => isObject(value) && Object.values(value).every(isText),
    'must be an object of strings',
  );

/** An object whose values are numbers from −100 to 100. */
export const IsBiasMap = (): PropertyDecorator =>
  rule(
    'isBiasMap',
    (value) =>
      isObject(value) &&
      Object.values(value).every((bias) => typeof bias === 'number' && bias >= -100 && bias <= 100),
    'must be an object of numbers from -100 to 100',
  );
