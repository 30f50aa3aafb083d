/** The accounts of the ledger. An amount is positive where value arrives. */
export const accounts = {
  /** What an organization may still spend. */
  wallet: (organizationId: string): string => `wallet:${organizationId}`,
  /** What tenants have paid for calls. */
  revenue: 'revenue',
  /** Credit given away. */
  promotion: 'promotion',
  /** Payments of tenants, less those that were paid back. */
  topUpClearing: 'top_up_clearing',
  /** Corrections, for and against us. */
  writeOff: 'write_off',
} as const;
