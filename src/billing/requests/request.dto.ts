import { ListView } from '../../platform/pagination/list.dto.js';

export class RequestAttemptView {
  provider: string;
  status: number;
  /** `ok`, or the code of the error. */
  reason: string;
}

/** A request as the log keeps it: never its content. */
export class RequestView {
  object: 'request';
  id: string;
  organization_id: string;
  project_id: string;
  api_key_id: string;
  /** Whose key it was; null: the project's own. */
  member_id: string | null;
  endpoint: string;
  stream: boolean;
  requested_model: string;
  requested_provider: string | null;
  used_model: string | null;
  used_provider: string | null;
  underlying_used_model: string | null;
  upstream_id: string | null;
  /** completed, failed, interrupted, client_gone or refused. */
  outcome: string;
  status: number;
  error_code: string | null;
  finish_reason: string | null;
  prompt_tokens: number | null;
  completion_tokens: number | null;
  cached_tokens: number | null;
  reasoning_tokens: number | null;
  /** Decimal USD. */
  cost_usd: string;
  /** final, provider_reported or estimated. */
  cost_basis: string;
  attempts: RequestAttemptView[];
  duration_ms: number;
  time_to_first_token_ms: number | null;
  source: string | null;
  session_id: string | null;
  client_request_id: string | null;
  tags: Record<string, string>;
  started_at: string;
}

/** A figure that was booked for a request; a better one is a further revision. */
export class RequestRevisionView {
  revision: number;
  rank: string;
  units: Record<string, unknown>;
  cost_lines: Record<string, unknown>[];
  /** Decimal USD. */
  amount: string;
  /** False where the organization's own provider key was used. */
  charged: boolean;
  price_version_id: string | null;
  recorded_at: string;
}

export class RequestDetailView extends RequestView {
  revisions: RequestRevisionView[];
}

export class RequestList extends ListView {
  data: RequestView[];
}

/** What was sent and what came back, of an organization that keeps it. */
export class RequestBodyView {
  object: 'request_body';
  /** The request's. */
  id: string;
  organization_id: string;
  /** As it was sent; a text where it was too long to be kept whole. */
  request: unknown;
  /** As the client got it, of a stream put together; null where none came. */
  answer: unknown;
  /** What the client got in place of an answer, or after a part of it. */
  error: Record<string, unknown> | null;
  /** Whether something was too long to be kept whole. */
  truncated: boolean;
  started_at: string;
  expires_at: string;
}
