import { costBasisOf, type Rank } from '../../core/usage.js';
import type { RequestLogModel as RequestLog } from '../../generated/prisma/models/RequestLog.js';
import type { UsageEventModel as UsageEvent } from '../../generated/prisma/models/UsageEvent.js';
import { decimalText } from '../../platform/decimal.js';
import type { RequestAttemptView, RequestRevisionView, RequestView } from './request.dto.js';

/** A request as the admin API shows it; amounts are decimal strings in USD. */
export function requestView(row: RequestLog): RequestView {
  return {
    object: 'request',
    id: row.callId,
    organization_id: row.organizationId,
    project_id: row.projectId,
    api_key_id: row.apiKeyId,
    member_id: row.memberId,
    endpoint: row.endpoint,
    stream: row.stream,
    requested_model: row.requestedModel,
    requested_provider: row.requestedProvider,
    used_model: row.modelId,
    used_provider: row.providerId,
    underlying_used_model: row.upstreamModel,
    upstream_id: row.upstreamId,
    outcome: row.outcome,
    status: row.status,
    error_code: row.errorCode,
    finish_reason: row.finishReason,
    prompt_tokens: row.promptTokens,
    completion_tokens: row.completionTokens,
    cached_tokens: row.cachedTokens,
    reasoning_tokens: row.reasoningTokens,
    cost_usd: decimalText(row.cost),
    cost_basis: costBasisOf(row.costBasis as Rank),
    attempts: row.attempts as unknown as RequestAttemptView[],
    duration_ms: row.durationMs,
    time_to_first_token_ms: row.timeToFirstTokenMs,
    source: row.source,
    session_id: row.sessionId,
    client_request_id: row.clientRequestId,
    tags: row.tags as Record<string, string>,
    started_at: row.startedAt.toISOString(),
  };
}

/** A booked figure of a request. */
export function revisionView(event: UsageEvent): RequestRevisionView {
  return {
    revision: event.revision,
    rank: event.rank,
    units: event.units as Record<string, unknown>,
    cost_lines: event.costLines as Record<string, unknown>[],
    amount: decimalText(event.amount),
    charged: event.charged,
    price_version_id: event.priceVersionId,
    recorded_at: event.recordedAt.toISOString(),
  };
}
