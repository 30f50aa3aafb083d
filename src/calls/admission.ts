import type { Plan, Resolution } from '../providers/index.js';
import type { CallAccount } from './call-account.writer.js';

/** A call that was admitted: where it may go, and its account. */
export interface Admission {
  readonly resolution: Resolution;
  /** In the order in which they are tried. */
  readonly plans: readonly Plan[];
  readonly account: CallAccount;
}
