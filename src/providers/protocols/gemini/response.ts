import type { ChatCompletion } from '../../../core/chat.js';
import { GatewayError } from '../../../core/errors.js';
import type { Target } from '../../../core/target.js';
import { isObject, stringOf, type JsonObject } from '../json.js';
import type { UpstreamAnswer } from '../protocol.js';
import { finishCandidate, searchesOf, takeCandidates, type Candidate } from './candidates.js';
import { fromInBandError } from './errors.js';
import { foldChunks } from './fold.js';
import { blockReason, finishBlocked } from './prompt-feedback.js';
import { canonicalServiceTier, readUsage } from './usage.js';

/** A candidate that came whole but without saying why it ended. */
const UNSPECIFIED = 'FINISH_REASON_UNSPECIFIED';

/**
 * An answer of generateContent in canonical form, made by the same code as a stream of one event would be.
 * @throws GatewayError upstream_error if it has neither candidates nor a refused prompt, or the error that it holds.
 */
export function fromUpstreamResponse(body: unknown, target: Target): UpstreamAnswer {
  const native: unknown = Array.isArray(body) && body.length === 1 ? body[0] : body;
  if (!isObject(native)) {
    throw new GatewayError('upstream_error', { detail: 'the answer is not a JSON object' });
  }
  if (isObject(native['error'])) throw fromInBandError(native);
  const [candidates, chunks] = takeCandidates([], native);
  const reason = blockReason(native);
  if (candidates.length === 0 && reason === undefined) {
    throw new GatewayError('upstream_error', { detail: 'the answer has no candidates' });
  }
  const last =
    reason !== undefined && candidates.length === 0 ? finishBlocked(reason) : finished(candidates);
  return {
    completion: { choices: foldChunks([...chunks, ...last]), ...described(native) },
    usage: readUsage(native, searchesOf(candidates, target.offer.upstreamModel)),
    upstreamId: stringOf(native['responseId']),
    upstreamModel: stringOf(native['modelVersion']),
  };
}

function finished(candidates: readonly Candidate[]): ReturnType<typeof finishCandidate> {
  return candidates.flatMap((candidate) =>
    finishCandidate(candidate, candidate.finishReason ?? UNSPECIFIED),
  );
}

const MILLISECONDS = 1_000;

/** What is told of the answer as a whole. */
function described(native: JsonObject): Omit<ChatCompletion, 'choices'> {
  const created = Date.parse(stringOf(native['createTime']) ?? '');
  const tier = canonicalServiceTier(native);
  return {
    ...(Number.isNaN(created) ? {} : { created: Math.floor(created / MILLISECONDS) }),
    ...(tier === undefined ? {} : { service_tier: tier }),
  };
}
