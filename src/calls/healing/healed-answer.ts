import type { Choice } from '../../core/chat.js';
import type { CompletedAnswer } from '../call.js';
import { reportOf, type Healing, type HealingReport } from './healing.js';

/** An answer in one piece after healing, with the report in its metadata. Choices that call tools are left alone. */
export function healedAnswer(answer: CompletedAnswer, healing: Healing): CompletedAnswer {
  const reports: HealingReport[] = [];
  const choices = answer.completion.choices.map((choice) => {
    const { content, tool_calls: calls } = choice.message;
    if (!content || calls?.length) return choice;
    const { text, ...report } = healing(content, choice.finish_reason);
    reports.push(report);
    return report.healed ? withContent(choice, text) : choice;
  });
  return {
    completion: { ...answer.completion, choices },
    facts: withReports(answer.facts, reports),
  };
}

/** Facts that tell what became of the choices; as they were where nothing was looked at. */
export function withReports(
  facts: CompletedAnswer['facts'],
  reports: readonly HealingReport[],
): CompletedAnswer['facts'] {
  if (reports.length === 0) return facts;
  const plugins = { response_healing: reportOf(reports) };
  return { ...facts, metadata: { ...facts.metadata, plugins } };
}

function withContent(choice: Choice, content: string): Choice {
  return { ...choice, message: { ...choice.message, content } };
}
