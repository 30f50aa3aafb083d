import { ListView } from '../../platform/pagination/list.dto.js';

/** What calls add up to. Amounts are decimal USD, to the last digit of the ledger. */
export class UsageFiguresView {
  requests: number;
  prompt_tokens: number;
  /** Of the prompt tokens: those that the provider had in its cache. */
  cached_tokens: number;
  completion_tokens: number;
  /** Of the completion tokens: those that no answer shows. */
  reasoning_tokens: number;
  /** What the wallet was charged. Refunds are not in it; statements have them. */
  charged: string;
  /** List price of calls with the organization's own credentials, which no wallet pays. */
  own_credentials_cost: string;
  /** For operators: the list price, or what providers have reported instead, whoever pays them. */
  list_cost?: string;
  /** For operators: what of it providers ask of the platform. */
  provider_cost?: string;
}

/** The calls of a group. It has the fields that `group_by` names; null where calls have none of that kind. */
export class UsageReportRow extends UsageFiguresView {
  organization?: string | null;
  project?: string | null;
  api_key?: string | null;
  member?: string | null;
  /**
   * Null of calls that were refused. One that only searched for calls, or only failed attempts, has a row without
   * requests.
   */
  provider?: string | null;
  model?: string | null;
  source?: string | null;
  /** Value of the tag that `group_by` names; calls without it are left out. */
  tag?: string | null;
  /** In the time zone of the report, such as 2026-01-31. */
  day?: string | null;
  /** When it begins, UTC. */
  hour?: string | null;
}

/** All groups of a report, ordered by what they are grouped by. */
export class UsageReport extends ListView {
  group_by: string[];
  since: string;
  until: string;
  /** Whose days are meant. */
  time_zone: string;
  data: UsageReportRow[];
  /** Exactly the sum of the groups. */
  total: UsageFiguresView;
}
