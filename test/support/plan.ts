import type { Plan } from '../../src/providers/index.js';
import { PROTOCOLS } from '../../src/providers/protocols/registry.js';
import { makeTarget } from './target.js';

/** A request to a target that speaks Chat Completions. */
export function makePlan(): Plan {
  const request = { model: 'm', messages: [] };
  return { target: makeTarget(), request, dropped: [], protocol: PROTOCOLS['chat-completions'] };
}
