import { isObject, listOf, objectOf, stringOf, type JsonObject } from '../json.js';

interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
}

/** `logprobsResult` of a candidate in OpenAI's form; undefined where there is none. */
export function readLogprobs(
  candidate: JsonObject,
): { content: JsonObject[]; refusal: null } | undefined {
  const result = candidate['logprobsResult'];
  if (!isObject(result) || !Array.isArray(result['chosenCandidates'])) return undefined;
  const tops = listOf(result['topCandidates']);
  const content = result['chosenCandidates'].map((chosen, position) => ({
    ...tokenLogprob(chosen),
    top_logprobs: topLogprobs(tops[position]),
  }));
  return { content, refusal: null };
}

function topLogprobs(top: unknown): TokenLogprob[] {
  return listOf(objectOf(top)['candidates']).map(tokenLogprob);
}

function tokenLogprob(entry: unknown): TokenLogprob {
  const { token, logProbability } = objectOf(entry);
  const text = stringOf(token) ?? '';
  return {
    token: text,
    logprob: typeof logProbability === 'number' ? logProbability : 0,
    bytes: [...Buffer.from(text, 'utf8')],
  };
}
