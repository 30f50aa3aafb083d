import { count, isJson, object, objects, text, type Json } from '../json.js';
import { chunksOf, inBandError, type GatewayAnswer } from '../client/gateway-answer.js';

/** What `stream_options.include_usage` was. */
export type UsageOption = true | false | 'unset';

/** What is wrong with the form of a stream, whatever it says. */
export function streamFormDifferences(answer: GatewayAnswer, option: UsageOption): string[] {
  const chunks = chunksOf(answer);
  const failed = inBandError(answer) !== undefined;
  const isDone = answer.frames?.at(-1) === '[DONE]';
  return [
    ...constants(chunks),
    ...roles(chunks),
    ...toolCallForm(chunks),
    ...(failed && isDone ? ['the stream ends with [DONE] after an error'] : []),
    ...(failed || isDone ? [] : ['the stream ends without [DONE]']),
    ...(failed ? [] : usageForm(chunks, option)),
  ];
}

function constants(chunks: readonly Json[]): string[] {
  return ['id', 'created', 'model', 'object'].flatMap((field) => {
    const values = new Set(chunks.map((chunk) => chunk[field]));
    return values.size > 1
      ? [`${field} changes over the stream: ${[...values].slice(0, 3).join(', ')}`]
      : [];
  });
}

function roles(chunks: readonly Json[]): string[] {
  const told = new Map<number, number>();
  for (const choice of chunks.flatMap((chunk) => objects(chunk['choices']))) {
    const index = count(choice['index']);
    if (object(choice['delta'])['role'] !== undefined) told.set(index, (told.get(index) ?? 0) + 1);
    else if (!told.has(index) && Object.keys(object(choice['delta'])).length > 0)
      return ['content comes before the role'];
  }
  return [...told]
    .filter(([, times]) => times > 1)
    .map(([index, times]) => `role comes ${times} times in choice ${index}`);
}

/** OpenAI tells id and name in the first delta of a call and never again; indices count up from 0. */
function toolCallForm(chunks: readonly Json[]): string[] {
  const opened = new Set<string>();
  const problems = new Set<string>();
  for (const choice of chunks.flatMap((chunk) => objects(chunk['choices']))) {
    for (const call of objects(object(choice['delta'])['tool_calls'])) {
      const key = `${count(choice['index'])}/${String(call['index'])}`;
      const hasId = text(call['id']) !== '';
      const hasName = text(object(call['function'])['name']) !== '';
      if (!opened.has(key) && !(hasId && hasName))
        problems.add(`call ${key} begins without id and name`);
      if (opened.has(key) && (hasId || hasName)) problems.add(`call ${key} repeats its id or name`);
      opened.add(key);
    }
  }
  return [...problems];
}

function usageForm(chunks: readonly Json[], option: UsageOption): string[] {
  const last = chunks.at(-1) ?? {};
  const withUsage = chunks.filter((chunk) => isJson(chunk['usage']));
  if (option === false)
    return withUsage.length > 0 ? ['usage comes although include_usage is false'] : [];
  if (withUsage.length !== 1 || withUsage[0] !== last)
    return [`usage is in ${withUsage.length} chunks, the last one must be the only one`];
  const problems = isJson(last['metadata']) ? [] : ['the last chunk has no metadata'];
  const choices = objects(last['choices']);
  if (option === true) {
    if (choices.length > 0) problems.push('the usage chunk has choices');
    if (chunks.some((chunk) => chunk !== last && chunk['usage'] !== null))
      problems.push('an earlier chunk lacks usage: null');
    return problems;
  }
  const [only] = choices;
  const isEmpty =
    only && Object.keys(object(only['delta'])).length === 0 && only['finish_reason'] === null;
  return choices.length === 1 && isEmpty
    ? problems
    : [...problems, 'the usage chunk has not exactly one empty choice'];
}
