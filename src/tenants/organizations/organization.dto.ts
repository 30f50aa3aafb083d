import { Type } from 'class-transformer';
import { IsIn, IsInt, IsObject, Matches, Max, Min, ValidateNested } from 'class-validator';
import { ListView } from '../../platform/pagination/list.dto.js';
import { PageQueryDto } from '../../platform/pagination/page-query.dto.js';
import { MayBeAbsent } from '../../platform/validation/may-be-absent.validator.js';
import { IsPlainText } from '../../platform/validation/plain-text.validator.js';
import { NewAdminTokenView } from '../admin/admin-token.dto.js';
import { MemberView, PersonDto } from '../members/member.dto.js';

const LONGEST_NAME = 100;
const MULTIPLIER = /^(?!0+(?:\.0+)?$)\d{1,6}(?:\.\d{1,6})?$/;

export const ORGANIZATION_STATUSES = ['active', 'suspended', 'deleted'] as const;
export const RETENTIONS = ['none', 'metadata', 'full'] as const;

export type OrganizationStatus = (typeof ORGANIZATION_STATUSES)[number];
export type Retention = (typeof RETENTIONS)[number];

/** A new organization. */
export class CreateOrganizationDto {
  @IsPlainText(LONGEST_NAME)
  name: string;

  /** Becomes its first member, with an admin token. */
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => PersonDto)
  owner?: PersonDto;
}

/** What may be changed of an organization; status and plan_multiplier by operators only. */
export class UpdateOrganizationDto {
  @MayBeAbsent()
  @IsPlainText(LONGEST_NAME)
  name?: string;

  /** Of a suspended one no key and no token is good. */
  @MayBeAbsent()
  @IsIn(['active', 'suspended'])
  status?: 'active' | 'suspended';

  /** What the tenant pays = list price × this: a decimal above 0. */
  @MayBeAbsent()
  @Matches(MULTIPLIER, {
    message:
      'plan_multiplier must be a decimal string above 0 with at most six digits on either side of the point',
  })
  plan_multiplier?: string;

  /** What is kept of a request. */
  @MayBeAbsent()
  @IsIn(RETENTIONS)
  retention?: Retention;

  /** Days after which bodies are deleted. */
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(365)
  body_days?: number;

  /** Days after which the rows of the request log are deleted. */
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(3650)
  log_days?: number;
}

/** Filters and page of the list of organizations. */
export class OrganizationQueryDto extends PageQueryDto {
  /** Absent: all that are not deleted. */
  @MayBeAbsent()
  @IsIn(ORGANIZATION_STATUSES)
  status?: OrganizationStatus;
}

/** A customer: the owner of a wallet, projects and keys. */
export class OrganizationView {
  object: 'organization';
  id: string;
  name: string;
  status: OrganizationStatus;
  /** What the tenant pays = list price × this. */
  plan_multiplier: string;
  /** What is kept of a request. */
  retention: Retention;
  /** Days after which bodies are deleted. */
  body_days: number;
  /** Days after which the rows of the request log are deleted. */
  log_days: number;
  created_at: string;
  deleted_at: string | null;
  /** Counts changes. */
  version: number;
}

/** The first member of an organization. */
export class FirstOwnerView {
  member: MemberView;
  admin_token: NewAdminTokenView;
}

export class NewOrganizationView extends OrganizationView {
  /** Null where none was named. */
  owner: FirstOwnerView | null;
}

export class OrganizationList extends ListView {
  data: OrganizationView[];
}
