/** How the models of a family are told to think. */
export type ThinkingControl =
  | { readonly kind: 'none' }
  /** By a number of tokens; `canBeOff` where 0 is allowed below the minimum. */
  | {
      readonly kind: 'budget';
      readonly minimum: number;
      readonly maximum: number;
      readonly canBeOff: boolean;
    }
  /** By a named level, ascending; thinking cannot be turned off. */
  | { readonly kind: 'level'; readonly levels: readonly ThinkingLevel[] };

export const THINKING_LEVELS = ['minimal', 'low', 'medium', 'high'] as const;
export type ThinkingLevel = (typeof THINKING_LEVELS)[number];

const NO_THINKING: ThinkingControl = { kind: 'none' };
const LOW_TO_HIGH: ThinkingControl = { kind: 'level', levels: ['low', 'medium', 'high'] };

/** The first row that matches holds. Source: ai.google.dev/gemini-api/docs/thinking. */
const THINKING: readonly (readonly [RegExp, ThinkingControl])[] = [
  [/tts|native-audio|gemini-(?:1[.-]|2[.-]0|2[.-]5-flash-image)/, NO_THINKING],
  [/gemini-2[.-]5-pro/, { kind: 'budget', minimum: 128, maximum: 32_768, canBeOff: false }],
  [/gemini-2[.-]5-flash-lite/, { kind: 'budget', minimum: 512, maximum: 24_576, canBeOff: true }],
  [
    /gemini-2[.-]5|gemini-robotics-er-1/,
    { kind: 'budget', minimum: 0, maximum: 24_576, canBeOff: true },
  ],
  [/gemini-3-pro(?!-image)/, { kind: 'level', levels: ['low', 'high'] }],
  [/gemini-(?:3[^/]*flash|flash)/, { kind: 'level', levels: THINKING_LEVELS }],
  [/gemini-/, LOW_TO_HIGH],
];

/** How to ask a model, named as the provider names it, for more or less thought. */
export function thinkingControl(upstreamModel: string): ThinkingControl {
  return THINKING.find(([pattern]) => pattern.test(upstreamModel))?.[1] ?? NO_THINKING;
}

const OLDER = /gemini-(?:1|2[.-]0|2[.-]5|robotics-er-1)/;

/**
 * Whether the model is of the third generation or later. Those want the signature of a call back, take files inside
 * function responses, combine JSON output and built-in tools with functions, and bill each search query.
 * Sources: ai.google.dev/gemini-api/docs/gemini-3, /docs/thought-signatures, /docs/pricing.
 */
export function isThirdGeneration(upstreamModel: string): boolean {
  return upstreamModel.includes('gemini-') && !OLDER.test(upstreamModel);
}

/** Whether the model answers in speech only; such models refuse any other modality. */
export function speaksOnly(upstreamModel: string): boolean {
  return /tts/.test(upstreamModel);
}
