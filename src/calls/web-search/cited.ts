import type { ChatCompletion, ChatRequest, Choice, UrlCitation } from '../../core/chat.js';
import { annotationsOfSources } from '../../providers/index.js';
import type { Source } from './source.js';

/** The sources of an answer as annotations of its text. */
export type Citing = (text: string) => UrlCitation[];

/** Whether the answer is prose, in which a number in brackets is a reference. */
export function mayCite({ response_format: format }: ChatRequest): boolean {
  return format === undefined || format.type === 'text';
}

/**
 * How the answers to a request cite their sources: where they name the number of one, else at 0. Undefined where there
 * are none.
 */
export function citing(
  request: ChatRequest,
  sources: readonly Source[] | undefined,
): Citing | undefined {
  if (!sources || sources.length === 0) return undefined;
  const named = {
    citations: sources.map(({ url }) => url),
    search_results: sources.map(({ url, title }) => ({ url, title })),
  };
  const isProse = mayCite(request);
  return (text) => annotationsOfSources(named, isProse ? text : '');
}

/** An answer in one piece with the sources of its choices; those that only call tools have none. */
export function citedAnswer(completion: ChatCompletion, cite: Citing): ChatCompletion {
  return { ...completion, choices: completion.choices.map((choice) => cited(choice, cite)) };
}

function cited(choice: Choice, cite: Citing): Choice {
  const { content, annotations = [] } = choice.message;
  if (!content) return choice;
  return {
    ...choice,
    message: { ...choice.message, annotations: [...annotations, ...cite(content)] },
  };
}
