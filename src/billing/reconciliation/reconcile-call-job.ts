/** The queue of calls whose usage was estimated. */
export const RECONCILE_CALL = 'reconcile-call';

/** What a job of the queue carries: an id, never an amount. */
export interface ReconcileCallJob {
  readonly callId: string;
}
