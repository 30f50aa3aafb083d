// A number that is the value of one of these members, as JSON writes it.
const AMOUNT = /("(?:value|amount)"\s*:\s*)(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?=\s*[,}\]])/g;

/** Parses JSON with amounts as the text in which they were sent: no amount becomes a float. */
export function parseWithExactAmounts(text: string): unknown {
  return JSON.parse(text.replaceAll(AMOUNT, '$1"$2"'));
}
