/** What generations of Claude models accept; everything that depends on the model's version is in this file. */
export interface Generation {
  /** How thinking is asked for: not at all, by a number of tokens, or by an effort. */
  readonly thinking: 'none' | 'budget' | 'adaptive';
  /** What turns thinking off: leaving it out, a type of thinking, or nothing. */
  readonly off: 'omit' | 'disabled' | 'between_tools' | 'never';
  /** The effort that stands for xhigh. */
  readonly highestEffort: 'xhigh' | 'max';
  /** Thoughts come back empty unless they are asked for. */
  readonly hidesThoughts: boolean;
  /** Whether temperature, top_p and top_k may differ from their defaults. */
  readonly sampling: boolean;
  /** Whether temperature and top_p may both be given. */
  readonly bothSamplings: boolean;
  /** Whether a tool call can be forced. */
  readonly forcedTools: boolean;
}

type Family = 'opus' | 'sonnet' | 'haiku' | 'fable' | 'mythos';

interface Change extends Partial<Generation> {
  /** The first version that it holds for: major × 100 + minor. */
  readonly from: number;
  readonly families?: readonly Family[];
}

const FIRST: Generation = {
  thinking: 'none',
  off: 'omit',
  highestEffort: 'max',
  hidesThoughts: false,
  sampling: true,
  bothSamplings: true,
  forcedTools: true,
};

/**
 * In the order of their release; a later line changes an earlier one.
 * Source: platform.claude.com/docs, extended and adaptive thinking, effort, and the migration guides of each model.
 */
const CHANGES: readonly Change[] = [
  { from: 307, thinking: 'budget' },
  { from: 401, bothSamplings: false },
  { from: 406, thinking: 'adaptive' },
  { from: 407, highestEffort: 'xhigh', hidesThoughts: true, sampling: false },
  { from: 500, off: 'disabled' },
  { from: 500, families: ['fable', 'mythos'], off: 'never' },
  { from: 501, families: ['fable', 'mythos'], forcedTools: false },
  { from: 505, families: ['opus'], off: 'never', forcedTools: false },
  { from: 505, families: ['sonnet'], off: 'between_tools', forcedTools: false },
];

/** A model of another maker that speaks this dialect: taken for one that thinks by budget. */
const OTHER: Generation = { ...FIRST, thinking: 'budget' };

const FAMILY_FIRST = /claude-(opus|sonnet|haiku|fable|mythos)-(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/;
const VERSION_FIRST = /claude-(\d{1,2})(?:[-.](\d{1,2}))?-(opus|sonnet|haiku)/;

/** The generation of a model, read from the provider's name of it (`claude-sonnet-4-5-20250929`, `claude-3-7-sonnet`). */
export function generationOf(upstreamModel: string): Generation {
  const known = versionOf(upstreamModel);
  if (!known) return OTHER;
  let generation = FIRST;
  for (const { from, families, ...change } of CHANGES) {
    if (known.version >= from && (families?.includes(known.family) ?? true))
      generation = { ...generation, ...change };
  }
  return generation;
}

function versionOf(name: string): { family: Family; version: number } | undefined {
  const current = FAMILY_FIRST.exec(name);
  if (current)
    return {
      family: current[1] as Family,
      version: Number(current[2]) * 100 + Number(current[3] ?? 0),
    };
  const former = VERSION_FIRST.exec(name);
  if (former)
    return {
      family: former[3] as Family,
      version: Number(former[1]) * 100 + Number(former[2] ?? 0),
    };
  return undefined;
}
