import { IsISO8601, IsOptional } from 'class-validator';
import { ListView } from '../../platform/pagination/list.dto.js';
import { PageQueryDto } from '../../platform/pagination/page-query.dto.js';
import { IsPlainText } from '../../platform/validation/plain-text.validator.js';

const LONGEST = 100;

/** Filters and page of an organization's audit log. */
export class AuditQueryDto extends PageQueryDto {
  /** Who did it: the id of a token or key. */
  @IsOptional()
  @IsPlainText(LONGEST)
  actor_id?: string;

  /** What was done, for example `api_key.create`. */
  @IsOptional()
  @IsPlainText(LONGEST)
  action?: string;

  /** To what it was done. */
  @IsOptional()
  @IsPlainText(LONGEST)
  target_id?: string;

  /** Entries of this moment or later, and before `until`. */
  @IsOptional()
  @IsISO8601({ strict: true })
  since?: string;

  @IsOptional()
  @IsISO8601({ strict: true })
  until?: string;
}

/** The same for operators, who see all organizations. */
export class PlatformAuditQueryDto extends AuditQueryDto {
  @IsOptional()
  @IsPlainText(LONGEST)
  organization_id?: string;
}

/** Who changed what, and from where. */
export class AuditEntryView {
  object: 'audit_entry';
  id: string;
  /** Null: a change of the platform's own. */
  organization_id: string | null;
  actor_kind: string;
  /** Of the token or key that was used. */
  actor_id: string;
  action: string;
  target_kind: string;
  target_id: string;
  /** The target before and after the change, without secrets. */
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  address: string | null;
  request_id: string;
  at: string;
}

export class AuditEntryList extends ListView {
  data: AuditEntryView[];
}
