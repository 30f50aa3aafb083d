/**
 * Bytes that the Messages API writes as they are are a blob here, which JSON carries in base64. Byte for byte in both
 * directions, so that a conversation may go on at the other API.
 */
export function fromBlob(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1');
}

/** The base64 of such bytes. */
export function toBlob(data: string): string {
  return Buffer.from(data, 'latin1').toString('base64');
}
