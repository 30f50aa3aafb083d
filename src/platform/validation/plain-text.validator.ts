import { ValidateBy } from 'class-validator';

/** C0 and C1 controls, and the two Unicode separators that end a line. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** Whether a value is text for one line: well-formed, without control characters, not blank, of at most `max`. */
export function isPlainText(value: unknown, max: number): value is string {
  return (
    typeof value === 'string' &&
    value.length <= max &&
    value.trim() !== '' &&
    !CONTROL.test(value) &&
    value.isWellFormed()
  );
}

/** A text of one line: no control characters, not blank, at most `max` characters. */
export const IsPlainText = (max: number): PropertyDecorator =>
  ValidateBy({
    name: 'isPlainText',
    constraints: [max],
    validator: {
      validate: (value) => isPlainText(value, max),
      defaultMessage: () =>
        `$property must be a text of 1 to ${max} characters without control characters`,
    },
  });
