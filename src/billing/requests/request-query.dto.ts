import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsISO8601,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { IsId } from '../../platform/validation/id.validator.js';
import { IsPlainText } from '../../platform/validation/plain-text.validator.js';

const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;
const MAX_TAGS = 8;
const LONGEST_CURSOR = 512;
const LONGEST_NAME = 200;
/** As long as the texts that a call is logged with. */
const LONGEST_TEXT = 256;
const HIGHEST_STATUS = 599;
const USD = /^\d{1,26}(\.\d{1,12})?$/;
const TAG = /^[^:\u0000-\u001f\u007f-\u009f]{1,256}:[^\u0000-\u001f\u007f-\u009f]{1,256}$/;

export const OUTCOMES = ['completed', 'failed', 'interrupted', 'client_gone', 'refused'] as const;

/** Which requests are asked for. All that is named must hold. */
export class RequestFilterDto {
  /** Calls that started at this moment or later. Without it, `until` and `id`: 31 days before now. */
  @IsOptional()
  @IsISO8601({ strict: true })
  since?: string;

  /** Calls that started before this moment. */
  @IsOptional()
  @IsISO8601({ strict: true })
  until?: string;

  /** Id of the request, the client's own x-request-id, or the provider's id of the answer. */
  @IsOptional()
  @IsPlainText(LONGEST_TEXT)
  id?: string;

  @IsOptional()
  @IsId('apiKey')
  api_key_id?: string;

  @IsOptional()
  @IsId('project')
  project_id?: string;

  @IsOptional()
  @IsId('member')
  member_id?: string;

  /** The model that answered. */
  @IsOptional()
  @IsPlainText(LONGEST_NAME)
  model?: string;

  /** The provider that answered. */
  @IsOptional()
  @IsPlainText(LONGEST_NAME)
  provider?: string;

  /** HTTP status that the client got. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(HIGHEST_STATUS)
  status?: number;

  @IsOptional()
  @IsIn(OUTCOMES)
  outcome?: string;

  /** Code of the error that the client got, for example `upstream_timeout`. */
  @IsOptional()
  @IsPlainText(LONGEST_NAME)
  error_code?: string;

  /** `name:value` of a cost tag; several must all be there. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? [value] : value))
  @IsArray()
  @ArrayMaxSize(MAX_TAGS)
  @IsString({ each: true })
  @Matches(TAG, { each: true, message: 'tag must be name:value' })
  tag?: string[];

  /** Decimal USD; calls that cost this much or more. */
  @IsOptional()
  @Matches(USD, { message: 'min_cost must be an amount in USD such as 0.05' })
  min_cost?: string;

  /** Decimal USD; calls that cost this much or less. */
  @IsOptional()
  @Matches(USD, { message: 'max_cost must be an amount in USD such as 0.05' })
  max_cost?: string;

  /** As the call named it by X-Source, else its HTTP-Referer. */
  @IsOptional()
  @IsPlainText(LONGEST_TEXT)
  source?: string;

  /** As the call named it by X-Session-Id. */
  @IsOptional()
  @IsPlainText(LONGEST_TEXT)
  session_id?: string;

  /** `next_cursor` of the page before. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_CURSOR)
  cursor?: string;
}

/** Filters and page of an organization's requests. */
export class RequestQueryDto extends RequestFilterDto {
  /** Entries of a page. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  limit: number = DEFAULT_PAGE;
}

/** The same for operators, who see all organizations. */
export class PlatformRequestQueryDto extends RequestQueryDto {
  @IsOptional()
  @IsId('organization')
  organization_id?: string;
}
