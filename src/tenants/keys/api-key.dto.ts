import { IsBoolean, IsIn, IsInt, IsISO8601, IsOptional, Max, Min } from 'class-validator';
import { ListView } from '../../platform/pagination/list.dto.js';
import { PageQueryDto } from '../../platform/pagination/page-query.dto.js';
import { IsId } from '../../platform/validation/id.validator.js';
import { MayBeAbsent } from '../../platform/validation/may-be-absent.validator.js';
import { IsPlainText } from '../../platform/validation/plain-text.validator.js';

const LONGEST_NAME = 100;
const WEEK_SECONDS = 604_800;

export const API_KEY_STATUSES = ['active', 'disabled', 'revoked'] as const;

export type ApiKeyStatus = (typeof API_KEY_STATUSES)[number];

/** A new API key. */
export class CreateApiKeyDto {
  @IsPlainText(LONGEST_NAME)
  name: string;

  @IsId('project')
  project_id: string;

  /** Whose key it is; null or absent: the project's own, and of a key that a key makes the same as that one's. */
  @IsOptional()
  @IsId('member')
  member_id?: string | null;

  /** When it ends; null or absent: never, and of a key that a key makes when that one does. */
  @IsOptional()
  @IsISO8601({ strict: true })
  expires_at?: string | null;

  /** Whether it may make keys, within its own rights. */
  @MayBeAbsent()
  @IsBoolean()
  may_create_keys?: boolean;
}

/** What may be changed of an API key. */
export class UpdateApiKeyDto {
  @MayBeAbsent()
  @IsPlainText(LONGEST_NAME)
  name?: string;

  @MayBeAbsent()
  @IsIn(['active', 'disabled'])
  status?: 'active' | 'disabled';

  /** When it ends; null: never. */
  @IsOptional()
  @IsISO8601({ strict: true })
  expires_at?: string | null;

  /** Whether it may make keys, within its own rights. */
  @MayBeAbsent()
  @IsBoolean()
  may_create_keys?: boolean;
}

/** How an API key is replaced. */
export class RotateApiKeyDto {
  /** How long the old key is good beside the new one. */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(WEEK_SECONDS)
  overlap_seconds: number = 0;
}

/** Filters and page of the list of API keys. */
export class ApiKeyQueryDto extends PageQueryDto {
  @MayBeAbsent()
  @IsId('project')
  project_id?: string;

  @MayBeAbsent()
  @IsId('member')
  member_id?: string;

  /** Absent: all that are not revoked. */
  @MayBeAbsent()
  @IsIn(API_KEY_STATUSES)
  status?: ApiKeyStatus;
}

/** A client's key. */
export class ApiKeyView {
  object: 'api_key';
  id: string;
  organization_id: string;
  project_id: string;
  /** Whose key it is; null: the project's own. */
  member_id: string | null;
  /** The key that made it and bounds it. */
  parent_id: string | null;
  name: string;
  /** Its first characters. */
  prefix: string;
  status: ApiKeyStatus;
  may_create_keys: boolean;
  expires_at: string | null;
  /** The key that takes over from it. */
  rotated_to_id: string | null;
  created_at: string;
  revoked_at: string | null;
  /** Counts changes. */
  version: number;
}

export class NewApiKeyView extends ApiKeyView {
  /** The key itself; this is the only time it is shown. */
  key: string;
}

export class RotatedApiKeyView extends NewApiKeyView {
  /** The old key as it is now. */
  replaces: ApiKeyView;
}

export class ApiKeyList extends ListView {
  data: ApiKeyView[];
}
