/** Texts that nothing of the admin API may be. */
export const HOSTILE_TEXTS: readonly string[] = [
  'x'.repeat(10_000),
  'a\u0000b',
  'a\r\nSet-Cookie: a=b',
  'a\u001b[31mb',
  '\ud800',
];

const OBJECTS: readonly unknown[] = [{}, { $ne: 1 }];

/** What may not stand where a right value is one like `right`: other types, and what is no value of its type. */
export function wrongValues(right: unknown): readonly unknown[] {
  if (Array.isArray(right))
    return ['x', 1, true, ...OBJECTS, [1], [null], [{}], ...HOSTILE_TEXTS.map((text) => [text])];
  switch (typeof right) {
    case 'string':
      return [1, true, '', ...OBJECTS, [], [right], ...HOSTILE_TEXTS];
    case 'number':
      return ['x', String(right), true, ...OBJECTS, [right], 1.5, -1e9, 1e300];
    case 'boolean':
      return ['true', 1, ...OBJECTS, [right]];
    default:
      return ['x', 1, true, [], [right]];
  }
}

/** The same for a field of a query, where every value is a text. */
export function wrongQueryTexts(right: string): readonly string[] {
  const isNumber = /^\d+$/.test(right);
  return [
    ...HOSTILE_TEXTS.filter((text) => !text.includes('\u0000') && text.isWellFormed()),
    ...(isNumber ? ['x', '1.5', '-1', '1e99'] : []),
  ];
}

/** What may stand in a path in place of an id. */
export const WRONG_IDS: readonly string[] = [
  ...['x'.repeat(8_000), '%00', '%0d%0aSet-Cookie:%20a=b', '%ed%a0%80', '%', '%ff'],
  ...["'%20OR%201=1--", '%25', '_', 'null', '__proto__', '%F0%9F%92%A9', '[object%20Object]', '*'],
];
