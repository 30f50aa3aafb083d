import { ValidateBy } from 'class-validator';

const SHORTEST = 32;
const PRINTABLE = /^[\x21-\x7e]+$/;
/** What must be left of a secret without the words and rows that everybody knows, and without repetitions. */
const UNKNOWN_LENGTH = 16;
const UNKNOWN_CHARACTERS = 8;

const WELL_KNOWN = new RegExp(
  [
    'abcdefghijklmnopqrstuvwxyz|zyxwvutsrqponmlkjihgfedcba|0?123456789(?:0|abcdef)?|9876543210?|qwertyuiop|asdfghjkl|zxcvbnm',
    'change[-_ ]?(?:me|this|it)|replace|placeholder|example|default|sample|secure|insecure|dummy|test(?:ing)?',
    'admin(?:istrator)?|password|passwort|passphrase|secret|token|gateway|bootstrap|letmein|welcome|correct|horse|battery|staple',
    'operator|master|super|root|user|please|random|string|value|must|with|your|here|this|long|very|my|osmadm|osm|api|key',
    'least|characters?|chars?|dev(?:elopment)?|prod(?:uction)?|local(?:host)?|none|null|undefined',
  ].join('|'),
  'g',
);

/** Why a secret that an operator chose is none, in words; undefined where nothing is wrong with it. */
export function weaknessOf(secret: string): string | undefined {
  if (!PRINTABLE.test(secret)) return 'must be printable ASCII without spaces';
  if (secret.length < SHORTEST) return `must have at least ${SHORTEST} characters`;
  const unknown = withoutRepetition(secret.toLowerCase()).replace(WELL_KNOWN, '');
  const isGuessable = unknown.length < UNKNOWN_LENGTH || new Set(unknown).size < UNKNOWN_CHARACTERS;
  return isGuessable
    ? 'is easy to guess: use random characters, such as from `openssl rand -hex 32`'
    : undefined;
}

/** Of a text that is one piece over and over, the last time maybe cut off: that piece. */
function withoutRepetition(text: string): string {
  let period = 1;
  while (!text.startsWith(text.slice(period))) period++;
  return text.slice(0, period);
}

/** A secret of at least 32 characters that is not easy to guess. */
export const IsStrongSecret = (): PropertyDecorator =>
  ValidateBy({
    name: 'isStrongSecret',
    validator: {
      validate: (value) => typeof value === 'string' && weaknessOf(value) === undefined,
      defaultMessage: (args) =>
        (typeof args?.value === 'string' && weaknessOf(args.value)) || 'must be a text',
    },
  });
