import type { Target } from '../../../core/target.js';

/** Whose models want to be asked in ways of their own. */
export type Family = 'claude' | 'nova' | 'llama' | 'other';

/** The region or group of regions before the maker in the id of a profile: `us.`, `global.`, `us-gov.`. */
const PROFILE = '(?:[a-z]+(?:-[a-z]+)*\\.)?';
const MAKERS: readonly (readonly [Family, RegExp])[] = [
  ['claude', new RegExp(`^${PROFILE}anthropic\\.|claude-`)],
  ['nova', new RegExp(`^${PROFILE}amazon\\.|/${PROFILE}amazon\\.`)],
  ['llama', new RegExp(`^${PROFILE}meta\\.|/${PROFILE}meta\\.`)],
];

/** The family of a model, by its id or the ARN of it. */
export function familyOf({ offer }: Pick<Target, 'offer'>): Family {
  return MAKERS.find(([, pattern]) => pattern.test(offer.upstreamModel))?.[0] ?? 'other';
}
