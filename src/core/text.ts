/** A text from outside made fit for logs and rows: control characters and broken Unicode replaced, bounded in length. */
export function plainText(text: string, maxLength: number): string {
  return text
    .slice(0, maxLength)
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
    .toWellFormed();
}
