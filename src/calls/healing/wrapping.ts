/** What was put around the answer. */
export type Wrapping = 'byte_order_mark' | 'think_tags' | 'code_fence';

/** A text without what was put around it, and what that was. */
export interface Unwrapped {
  /** Where the answer may stand, the likeliest first. */
  readonly texts: readonly string[];
  readonly wrappings: readonly Wrapping[];
}

const OPENING_TAG = /^\s*<(think|thinking|thought|reasoning)>/i;
const LONE_CLOSING_TAG = /<\/(?:think|thinking|thought|reasoning)>/gi;
const FENCE = /^[ \t]*(?:```|~~~)[ \t]*[\w+-]{0,20}[ \t]*(?=[\n{["])/m;
const FENCE_END = /(?:^[ \t]*|(?<=[}\]"]))(?:```|~~~)[ \t]*$/m;

/** Takes off a byte order mark, a thought between tags and the fences of Markdown. */
export function unwrapped(answer: string): Unwrapped {
  const wrappings: Wrapping[] = [];
  let text = answer;
  const unmarked = text.replace(/^\s*\uFEFF+/, '');
  if (unmarked !== text) wrappings.push('byte_order_mark');
  text = unmarked;
  const thoughtless = withoutThought(text);
  if (thoughtless !== text) wrappings.push('think_tags');
  text = thoughtless;
  const fenced = insideFence(text);
  if (fenced === undefined) return { texts: [text], wrappings };
  return { texts: [fenced, text], wrappings: [...wrappings, 'code_fence'] };
}

function withoutThought(text: string): string {
  const opening = OPENING_TAG.exec(text);
  if (opening) {
    const close = `</${opening[1]?.toLowerCase() ?? ''}>`;
    const end = text.toLowerCase().indexOf(close, opening[0].length);
    return end < 0 ? text : withoutThought(text.slice(end + close.length));
  }
  // Some templates write the opening tag into the prompt, so that the answer has only the closing one.
  if (/^\s*[{[]/.test(text)) return text;
  const last = [...text.matchAll(LONE_CLOSING_TAG)].at(-1);
  return last ? text.slice(last.index + last[0].length) : text;
}

/** What stands in the first fence, up to its end or that of the text. A fence inside a value is none. */
function insideFence(text: string): string | undefined {
  const fence = FENCE.exec(text);
  if (!fence || /^\s*[{[]/.test(text)) return undefined;
  const body = text.slice(fence.index + fence[0].length);
  const end = FENCE_END.exec(body);
  return end ? body.slice(0, end.index) : body;
}
