import { createHash } from 'node:crypto';
import { canonicalJson } from './json-read.js';

function sign(kind: string, content: string): string {
  return createHash('sha256').update(`sandbox:${kind}:${content}`).digest('base64');
}

/** The signature of a thinking block: whoever changes the text cannot make a matching one up. */
export function signThinking(thinking: string): string {
  return sign('thinking', thinking);
}

/** The signature of a function call; key order of the arguments does not matter. */
export function signFunctionCall(name: string, args: unknown): string {
  return sign('function-call', `${name}:${canonicalJson(args)}`);
}
