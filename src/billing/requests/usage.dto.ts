import { IsIn, IsISO8601, IsOptional } from 'class-validator';
import { IsId } from '../../platform/validation/id.validator.js';

export const USAGE_GROUPS = [
  'key',
  'model',
  'provider',
  'project',
  'member',
  'day',
  'hour',
] as const;

export type UsageGroup = (typeof USAGE_GROUPS)[number];

/** What an organization's usage is added up by, and over which time. */
export class UsageQueryDto {
  @IsIn(USAGE_GROUPS)
  group_by: UsageGroup;

  /** Calls that started at this moment or later. Without it and `until`: 31 days before now. */
  @IsOptional()
  @IsISO8601({ strict: true })
  since?: string;

  /** Calls that started before this moment. */
  @IsOptional()
  @IsISO8601({ strict: true })
  until?: string;
}

/** The same for operators, who see all organizations. */
export class PlatformUsageQueryDto extends UsageQueryDto {
  @IsOptional()
  @IsId('organization')
  organization_id?: string;
}

/** What the calls of a group add up to. Besides these it has a field with the name of `group_by`. */
export class UsageGroupView {
  key?: string | null;
  model?: string | null;
  provider?: string | null;
  project?: string | null;
  member?: string | null;
  /** A day or the beginning of an hour, UTC. */
  day?: string | null;
  hour?: string | null;
  requests: number;
  prompt_tokens: number;
  completion_tokens: number;
  /** Decimal USD. */
  cost_usd: string;
}

export class UsageReportView {
  object: 'list';
  group_by: UsageGroup;
  data: UsageGroupView[];
}
