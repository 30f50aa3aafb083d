import { ONE } from '../../src/core/money.js';
import type { Principal } from '../../src/core/principal.js';
import { NO_RULES } from '../../src/core/rules/rule-set.js';

/** A principal: an active key of a project on credits, bound by nothing; what a test does not say is made up. */
export function makePrincipal(more: Partial<Principal> = {}): Principal {
  return {
    organizationId: 'org_1',
    projectId: 'prj_1',
    memberId: null,
    apiKeyId: 'key_1',
    keyChain: ['key_1'],
    mayCreateKeys: false,
    projectMode: 'credits',
    planMultiplier: ONE,
    retention: 'metadata',
    rules: NO_RULES,
    ...more,
  };
}
