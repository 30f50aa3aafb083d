/** One event of a complete SSE text. */
export interface TextEvent {
  readonly event: string;
  readonly data: string;
}

/**
 * Reads the events of a whole SSE text at once, by the rules of the HTML standard (section 9.2.6): any line end,
 * comments skipped, one optional space after the colon, `data` lines joined. An event without its blank line counts.
 */
export function readEvents(source: string): TextEvent[] {
  return source
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
    .split(/\n{2,}/)
    .map(readBlock)
    .filter((event) => event.data !== '');
}

function readBlock(block: string): TextEvent {
  const data: string[] = [];
  let event = '';
  for (const line of block.split('\n')) {
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'data') data.push(value);
    if (field === 'event') event = value;
  }
  return { event, data: data.join('\n') };
}
