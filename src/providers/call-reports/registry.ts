import type { CallReportId } from '../../core/provider.js';
import type { CallReport } from './call-report.js';
import { openrouterGeneration } from './openrouter-generation.js';
import { vercelGeneration } from './vercel-generation.js';

/** The ways in which providers tell afterwards what a call cost. */
export const CALL_REPORTS: Readonly<Record<CallReportId, CallReport>> = {
  'openrouter-generation': openrouterGeneration,
  'vercel-generation': vercelGeneration,
};
