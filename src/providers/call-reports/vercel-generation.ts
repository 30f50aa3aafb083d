import { reportedAmount } from '../../core/reported-amount.js';
import { objectOf } from '../protocols/json.js';
import type { CallReport } from './call-report.js';

/**
 * Vercel AI Gateway's GET /generation?id=…. Its counts are left alone: whether they hold reasoning is not said there,
 * and its answers leave it out of some of theirs.
 * Source: vercel.com/docs/ai-gateway/sdks-and-apis/rest-api, look up a generation.
 */
export const vercelGeneration: CallReport = {
  pathOf: (upstreamId) => `/generation?id=${encodeURIComponent(upstreamId)}`,
  read: (body) => {
    const cost = reportedAmount(objectOf(objectOf(body)['data'])['total_cost']);
    return cost === undefined ? undefined : { cost };
  },
};
