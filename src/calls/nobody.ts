import type { ClientStream } from './call.js';

const nothing = (): void => undefined;

/** Who reads an answer whose client has left. */
export const NOBODY: ClientStream = {
  isOpen: true,
  isFull: false,
  onDrain: nothing,
  write: nothing,
  writeFields: nothing,
  flush: nothing,
  ping: nothing,
  finish: nothing,
  fail: nothing,
};
