import type { Client } from 'pg';

/** More than all recordings together could cost, USD: what a hold refuses says nothing about translation. */
const PLENTY = '1000000';

/** Fills the wallets of the run's own database. */
export async function fillWallets(client: Client): Promise<void> {
  await client.query(`UPDATE quota SET cap = cap + $1 WHERE kind = 'credit'`, [PLENTY]);
}
