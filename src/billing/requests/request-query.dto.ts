import { Type } from 'class-transformer';
import { IsIn, IsInt, IsISO8601, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;

/** Filters and page of GET /admin/v1/requests. */
export class RequestQueryDto {
  @IsOptional()
  @IsString()
  @MaxLength(64)
  organization_id?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  api_key_id?: string;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  model?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  provider?: string;

  @IsOptional()
  @IsIn(['completed', 'failed', 'interrupted', 'client_gone', 'refused'])
  outcome?: string;

  /** Calls that started at or after this moment, and before `until`. */
  @IsOptional()
  @IsISO8601({ strict: true })
  since?: string;

  @IsOptional()
  @IsISO8601({ strict: true })
  until?: string;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  limit: number = DEFAULT_PAGE;

  /** `next_cursor` of the page before. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  cursor?: string;
}

export class UsageQueryDto {
  @IsIn(['key', 'model', 'day'])
  group_by: 'key' | 'model' | 'day';

  @IsOptional()
  @IsString()
  @MaxLength(64)
  organization_id?: string;

  @IsOptional()
  @IsISO8601({ strict: true })
  since?: string;

  @IsOptional()
  @IsISO8601({ strict: true })
  until?: string;
}
