/** Syntax that is not allowed, with the reason; used by `eslint.config.mjs`. */

const moneyName = '/cost|price|amount|balance/i';
const floatMessage = 'Money is bigint pico-USD (core/money.ts): no float may touch it.';

/** In all of `src`. */
export const dangerous = [
  {
    selector: 'MemberExpression[property.name=/^\\$(query|execute)RawUnsafe$/]',
    message: 'SQL is never put together from text: use $queryRaw`…` or parameters.',
  },
];

/** Where money is computed. */
export const floatMoney = [
  { selector: 'CallExpression[callee.name="parseFloat"]', message: floatMessage },
  { selector: 'CallExpression[callee.property.name="parseFloat"]', message: floatMessage },
  { selector: 'CallExpression[callee.property.name="toFixed"]', message: floatMessage },
  {
    selector: `CallExpression[callee.name="Number"] > Identifier.arguments[name=${moneyName}]`,
    message: floatMessage,
  },
  {
    selector: `CallExpression[callee.name="Number"] > MemberExpression.arguments[property.name=${moneyName}]`,
    message: floatMessage,
  },
  {
    selector: `UnaryExpression[operator="+"] > Identifier.argument[name=${moneyName}]`,
    message: floatMessage,
  },
];

/** The gateway starts no programs. */
export const processes = {
  'no-restricted-imports': [
    'error',
    {
      paths: ['node:child_process', 'child_process'].map((name) => ({
        name,
        message: 'The gateway starts no programs.',
      })),
    },
  ],
};
