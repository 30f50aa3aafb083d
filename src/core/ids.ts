/** Prefixes of the ids that the gateway gives out; what follows is a ULID. */
export const ID_PREFIX = {
  call: 'tx_osm_',
  organization: 'org_',
  project: 'prj_',
  apiKey: 'key_',
  adminToken: 'adm_',
  member: 'mem_',
  rule: 'rul_',
  providerCredential: 'crd_',
  auditEntry: 'aud_',
  budget: 'bud_',
  limit: 'lim_',
  auditRun: 'aur_',
  reconciliationRun: 'rec_',
  customProvider: 'prv_',
} as const;

const PLAIN_TOKEN = /^[\x21-\x7e]{1,128}$/;

/** Whether a client's request id may be echoed: printable ASCII without spaces, at most 128 characters. */
export function isPlainToken(text: string): boolean {
  return PLAIN_TOKEN.test(text);
}
