import { costBasisOf, type Rank } from '../../core/usage.js';
import type { RequestLogModel as RequestLog } from '../../generated/prisma/models/RequestLog.js';

import { decimalText } from '../../platform/decimal.js';

/** A request as the admin API shows it; amounts are decimal strings in USD. */
export function requestView(row: RequestLog): Record<string, unknown> {
  return {
    object: 'request',
    id: row.callId,
    organization_id: row.organizationId,
    project_id: row.projectId,
    api_key_id: row.apiKeyId,
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
    attempts: row.attempts,
    duration_ms: row.durationMs,
    time_to_first_token_ms: row.timeToFirstTokenMs,
    source: row.source,
    session_id: row.sessionId,
    client_request_id: row.clientRequestId,
    tags: row.tags,
    started_at: row.startedAt.toISOString(),
  };
}
