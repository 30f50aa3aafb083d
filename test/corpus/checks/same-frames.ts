import { isDeepStrictEqual } from 'node:util';
import type { GatewayAnswer } from '../client/gateway-answer.js';
import { isJson, parse, type Json } from '../json.js';
import { unequal } from './content.js';

/** Fields that differ from call to call. */
const OF_THE_CALL = new Set(['id', 'created']);

/** How bytes are cut on their way must not change what the client gets, up to the id and the time of the call. */
export function frameDifferences(whole: GatewayAnswer, split: GatewayAnswer): string[] {
  const [one, other] = [stable(whole), stable(split)];
  if (one.length !== other.length)
    return [`cut bytes give ${other.length} frames in place of ${one.length}`];
  const at = one.findIndex((frame, index) => !isDeepStrictEqual(frame, other[index]));
  return at < 0
    ? []
    : unequal(`cut bytes change frame ${at}`, JSON.stringify(one[at]), JSON.stringify(other[at]));
}

function stable(answer: GatewayAnswer): unknown[] {
  const bodies = answer.frames?.map((frame) => parse(frame) ?? frame) ?? [answer.body];
  return bodies.map((body) => (isJson(body) ? withoutCall(body) : body));
}

function withoutCall(body: Json): Json {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !OF_THE_CALL.has(name)));
}
