import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { ListView } from '../../platform/pagination/list.dto.js';
import { PageQueryDto } from '../../platform/pagination/page-query.dto.js';
import { IsId } from '../../platform/validation/id.validator.js';
import { MayBeAbsent } from '../../platform/validation/may-be-absent.validator.js';

/** free_models: all calls of an organization to models that cost nothing. */
export const LIMIT_SCOPES = ['organization', 'project', 'api_key', 'free_models'] as const;
export const LIMIT_KINDS = [
  'requests_per_minute',
  'tokens_per_minute',
  'requests_per_day',
  'concurrency',
] as const;

export type LimitScope = (typeof LIMIT_SCOPES)[number];
export type LimitKind = (typeof LIMIT_KINDS)[number];

const MOST = 1_000_000_000_000;

/** A new limit. */
export class CreateLimitDto {
  @IsIn(LIMIT_SCOPES)
  scope: LimitScope;

  /** Id of the project or key; of an organization it may be left out. */
  @MayBeAbsent()
  @IsId()
  scope_id?: string;

  /** One limit of a kind for each scope. Days are those of UTC. */
  @IsIn(LIMIT_KINDS)
  kind: LimitKind;

  /** How many requests or tokens; 0 refuses all. */
  @IsInt()
  @Min(0)
  @Max(MOST)
  amount: number;
}

/** What may be changed of a limit. */
export class UpdateLimitDto {
  @IsInt()
  @Min(0)
  @Max(MOST)
  amount: number;
}

/** Filters and page of the list of limits. */
export class LimitQueryDto extends PageQueryDto {
  @IsOptional()
  @IsIn(LIMIT_SCOPES)
  scope?: LimitScope;

  @IsOptional()
  @IsId()
  scope_id?: string;

  @IsOptional()
  @IsIn(LIMIT_KINDS)
  kind?: LimitKind;
}

/** A limit of requests or tokens. */
export class LimitView {
  object: 'limit';
  id: string;
  organization_id: string;
  scope: LimitScope;
  /** Null of free_models. */
  scope_id: string | null;
  kind: LimitKind;
  amount: number;
  /** Counted in this window. */
  used: number;
  /** In the hands of gateway processes, for calls that run and the next ones. */
  leased: number;
  /** When this window ends; null of concurrency. */
  resets_at: string | null;
  created_at: string;
  /** Counts changes. */
  version: number;
}

export class LimitList extends ListView {
  data: LimitView[];
}
