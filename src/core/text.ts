/** What is fit as it is, as most texts are. */
const PRINTABLE = /^[ -~]*$/;

/** A text from outside made fit for logs and rows: control characters and broken Unicode replaced, bounded in length. */
export function plainText(text: string, maxLength: number): string {
  if (text.length <= maxLength && PRINTABLE.test(text)) return text;
  return text
    .slice(0, maxLength)
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
    .toWellFormed();
}
