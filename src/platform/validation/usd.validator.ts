import { ValidateBy } from 'class-validator';

/** What an amount of money may be. */
type Sign = 'positive' | 'not_negative' | 'not_zero' | 'any';

/** Twelve digits before the point: sums of such amounts stay far below what the columns hold. */
const DIGITS = String.raw`\d{1,12}(?:\.\d{1,12})?$`;
const NOT_ZERO = String.raw`(?!0+(?:\.0+)?$)`;

const FORMS: Readonly<Record<Sign, readonly [form: RegExp, words: string]>> = {
  positive: [new RegExp(`^${NOT_ZERO}${DIGITS}`), 'above 0'],
  not_negative: [new RegExp(`^${DIGITS}`), 'of 0 or more'],
  not_zero: [new RegExp(`^-?${NOT_ZERO}${DIGITS}`), 'other than 0, with a minus to take away'],
  any: [new RegExp(`^-?${DIGITS}`), 'of any sign'],
};

/** An amount of USD as a plain decimal string: at most twelve digits on either side of the point, no exponent. */
export const IsUsd = (sign: Sign): PropertyDecorator => {
  const [form, words] = FORMS[sign];
  return ValidateBy({
    name: 'isUsd',
    constraints: [form.source],
    validator: {
      validate: (value) => typeof value === 'string' && form.test(value),
      defaultMessage: () =>
        `$property must be an amount of USD ${words}: a decimal string such as "12.50" with at most 12 digits on either side of the point`,
    },
  });
};
