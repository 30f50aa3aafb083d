const COST = /"cost_usd_([a-z0-9_]+)":\s*([^,}\s]+)/g;
const PLAIN = /^-?\d+(?:\.(\d{1,12}))?$/;
const PICO_DIGITS = 12;

/**
 * Whether the cost fields of an answer add up, exactly: read from the text, since JSON numbers would round. The
 * last object with a total counts, which in a stream is that of the last usage.
 */
export function costDifferences(source: string): string[] {
  const usage = source.lastIndexOf('"usage":{', source.lastIndexOf('"cost_usd_total"'));
  const fields = [...source.slice(Math.max(0, usage)).matchAll(COST)].map(
    ([, name = '', value = '']) => ({ name, value }),
  );
  const total = fields.find((field) => field.name === 'total');
  if (!total) return ['cost_usd_total: not there'];
  const unreadable = fields.find((field) => !PLAIN.test(field.value));
  if (unreadable)
    return [
      `cost_usd_${unreadable.name}: ${unreadable.value} is not a plain decimal of at most 12 places`,
    ];
  const sum = fields
    .filter((field) => field !== total)
    .reduce((added, field) => added + pico(field.value), 0n);
  return sum === pico(total.value)
    ? []
    : [`cost_usd_total: ${total.value} is not the sum of its parts, ${sum} pico-USD`];
}

function pico(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const magnitude = BigInt(whole + fraction.padEnd(PICO_DIGITS, '0'));
  return decimal.startsWith('-') ? -magnitude : magnitude;
}
