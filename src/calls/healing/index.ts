export { healedAnswer } from './healed-answer.js';
export { healedStream } from './healing-stream.js';
export { healingOf, RESPONSE_HEALING, type HealingReport } from './healing.js';
