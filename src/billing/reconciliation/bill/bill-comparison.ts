/** What a bill and the books say of a day and a model; amounts are decimal USD. */
export interface BillDifference {
  readonly day: string;
  readonly model: string;
  readonly billed: string;
  readonly booked: string;
  readonly difference: string;
  /** What was newly posted of it. */
  readonly posted: string;
}

export interface BillComparison {
  readonly id: string;
  readonly billed: string;
  readonly booked: string;
  readonly posted: string;
  /** Whether anything was posted. */
  readonly is_new: boolean;
  readonly is_alarming: boolean;
  /** All that was compared, also what is equal. */
  readonly differences: readonly BillDifference[];
}
