/**
 * A text as an address; undefined where it is none. Not by `URL.canParse`: once Node 20 has optimized a caller of that, it
 * takes addresses with letters such as ü for none.
 */
export function parsedUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
