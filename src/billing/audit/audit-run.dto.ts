import { IsIn, IsOptional } from 'class-validator';
import { ListView } from '../../platform/pagination/list.dto.js';
import { PageQueryDto } from '../../platform/pagination/page-query.dto.js';

export const AUDIT_SCOPES = ['incremental', 'full'] as const;

/** Filters and page of the list of audits. */
export class AuditRunQueryDto extends PageQueryDto {
  @IsOptional()
  @IsIn(AUDIT_SCOPES)
  scope?: (typeof AUDIT_SCOPES)[number];
}

/** A place where an invariant did not hold. */
export class AuditViolationView {
  subject: string;
  detail: string;
}

/** What the query for one invariant found. */
export class AuditResultView {
  /** I1 to I17. */
  invariant: string;
  meaning: string;
  rows: number;
  /** The first of the rows. */
  examples: AuditViolationView[];
  /** Why the query did not come to an end; null where it did. */
  error: string | null;
}

/** One run of the audit of the books. */
export class AuditRunView {
  object: 'audit_run';
  id: string;
  scope: 'incremental' | 'full';
  /** It looked at what was recorded since then; null: at everything. */
  since: string | null;
  violations: number;
  /** Queries that did not come to an end. */
  failures: number;
  /** Of all invariants that are broken, or whose query failed. */
  results: AuditResultView[];
  created_at: string;
}

export class AuditRunList extends ListView {
  data: AuditRunView[];
}
