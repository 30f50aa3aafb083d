import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsISO8601,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
} from 'class-validator';
import { IsId } from '../../platform/validation/id.validator.js';
import { IsPlainText } from '../../platform/validation/plain-text.validator.js';

const MOST_GROUPS = 3;
const LONGEST_NAME = 200;
const LONGEST_TEXT = 256;
const LONGEST_GROUP = LONGEST_TEXT + 4;
const LONGEST_TAG = 2 * LONGEST_TEXT + 1;
const LONGEST_ZONE = 64;
const OWN_GROUP =
  /^(?:project|api_key|member|provider|model|source|day|hour|tag:[^:\u0000-\u001f\u007f-\u009f]{1,256})$/;
const PLATFORM_GROUP = new RegExp(OWN_GROUP.source.replace('(?:', '(?:organization|'));
const TAG = /^[^:\u0000-\u001f\u007f-\u009f]{1,256}:[^\u0000-\u001f\u007f-\u009f]{1,256}$/;
const GROUPS = 'project, api_key, member, provider, model, source, day, hour or tag:<name>';

/** In which form a report is asked for. */
export const FORMATS = ['json', 'csv'] as const;

export type ReportFormat = (typeof FORMATS)[number];

/** The form of a report that is told by itself or by `Accept: text/csv`. */
export class FormatQueryDto {
  /** Without it `Accept` decides: `text/csv`, or anything else for JSON. */
  @IsOptional()
  @IsIn(FORMATS)
  format?: ReportFormat;
}

/** Which usage is added up. All that is named must hold. */
export class UsageFilterDto extends FormatQueryDto {
  /** Calls that started at this moment or later, a whole hour. Without it: 31 days before `until`. */
  @IsOptional()
  @IsISO8601({ strict: true })
  since?: string;

  /** Calls that started before this moment, a whole hour. Without it: the end of this hour. */
  @IsOptional()
  @IsISO8601({ strict: true })
  until?: string;

  /** IANA name: whose days are meant, with `group_by=day`. Only zones that are whole hours from UTC. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_ZONE)
  time_zone?: string;

  @IsOptional()
  @IsId('project')
  project_id?: string;

  @IsOptional()
  @IsId('apiKey')
  api_key_id?: string;

  @IsOptional()
  @IsId('member')
  member_id?: string;

  @IsOptional()
  @IsPlainText(LONGEST_NAME)
  provider?: string;

  @IsOptional()
  @IsPlainText(LONGEST_NAME)
  model?: string;

  /** As calls named it by X-Source, else their HTTP-Referer. */
  @IsOptional()
  @IsPlainText(LONGEST_TEXT)
  source?: string;

  /** `name:value` of a cost tag. Tags are totalled apart: no other filter goes with it. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_TAG)
  @Matches(TAG, { message: 'tag must be name:value' })
  tag?: string;
}

/** A list that a query may name once only. */
const toList = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? [value] : value;

/** What an organization's usage is added up by. */
export class UsageReportQueryDto extends UsageFilterDto {
  /** Up to three, each a parameter of its own; none: one total. By a tag: `tag:<name>`. */
  @IsOptional()
  @Transform(toList)
  @IsArray()
  @ArrayMaxSize(MOST_GROUPS)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(LONGEST_GROUP, { each: true })
  @Matches(OWN_GROUP, { each: true, message: `group_by must be ${GROUPS}` })
  group_by?: string[];
}

/** The same for operators, who see all organizations. */
export class PlatformUsageReportQueryDto extends UsageFilterDto {
  @IsOptional()
  @IsId('organization')
  organization_id?: string;

  /** Up to three, each a parameter of its own; none: one total. By a tag: `tag:<name>`. */
  @IsOptional()
  @Transform(toList)
  @IsArray()
  @ArrayMaxSize(MOST_GROUPS)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(LONGEST_GROUP, { each: true })
  @Matches(PLATFORM_GROUP, { each: true, message: `group_by must be organization, ${GROUPS}` })
  group_by?: string[];
}
