import type { Target } from '../../../core/target.js';

/** Reasons that the Messages API does not have. */
const OWN_REASONS: Readonly<Record<string, string>> = {
  guardrail_intervened: 'content_filter',
  content_filtered: 'content_filter',
  malformed_model_output: 'stop',
  malformed_tool_use: 'stop',
};

/** The target with the finish reasons of Converse known, below those that its provider adds. */
export function withFinishReasons(target: Target): Target {
  const { provider } = target;
  const finishReasons = { ...OWN_REASONS, ...provider.quirks?.finishReasons };
  return { ...target, provider: { ...provider, quirks: { ...provider.quirks, finishReasons } } };
}
