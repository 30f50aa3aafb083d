import type { Credential } from '../../core/target.js';
import { SEARCH_SETTINGS } from '../search/targets.js';
import type { Refusal } from './refusal.js';

/** Why an offer cannot answer what wants a search, where neither it nor anybody else can be asked; says what to do. */
export function noSearch(
  param: string | undefined,
  owner: Credential['owner'],
): Omit<Refusal, 'providerId'> {
  const whom =
    owner === 'organization'
      ? "With the organization's own provider keys it takes a credential of the organization for a search provider."
      : `Set one of ${SEARCH_SETTINGS}, or add a credential for a search provider.`;
  return {
    kind: 'unsupported',
    reason: 'does not search the web, and no search provider is configured',
    param: param ?? 'web_search',
    message: `The model does not search the web by itself, and no search provider can be asked. ${whom}`,
  };
}
