import { IsEmail, IsIn } from 'class-validator';
import { ROLES, type Role } from '../../core/admin.js';
import { ListView } from '../../platform/pagination/list.dto.js';
import { PageQueryDto } from '../../platform/pagination/page-query.dto.js';
import { MayBeAbsent } from '../../platform/validation/may-be-absent.validator.js';
import { IsPlainText } from '../../platform/validation/plain-text.validator.js';

const LONGEST_NAME = 100;
const LONGEST_EMAIL = 254;

export const MEMBER_STATUSES = ['active', 'removed'] as const;

export type MemberStatus = (typeof MEMBER_STATUSES)[number];

/** Who somebody is. */
export class PersonDto {
  /** Kept in lower case; one member of an organization has it. */
  @IsPlainText(LONGEST_EMAIL)
  @IsEmail()
  email: string;

  @IsPlainText(LONGEST_NAME)
  name: string;
}

/** A new member. */
export class CreateMemberDto extends PersonDto {
  @IsIn(ROLES)
  role: Role;
}

/** What may be changed of a member. */
export class UpdateMemberDto {
  @MayBeAbsent()
  @IsPlainText(LONGEST_NAME)
  name?: string;

  @MayBeAbsent()
  @IsIn(ROLES)
  role?: Role;
}

/** Filters and page of the list of members. */
export class MemberQueryDto extends PageQueryDto {
  @MayBeAbsent()
  @IsIn(ROLES)
  role?: Role;

  /** Absent: active. */
  @MayBeAbsent()
  @IsIn(MEMBER_STATUSES)
  status?: MemberStatus;
}

/** A person of an organization. */
export class MemberView {
  object: 'member';
  id: string;
  organization_id: string;
  email: string;
  name: string;
  role: Role;
  status: MemberStatus;
  created_at: string;
  /** Counts changes. */
  version: number;
}

export class MemberList extends ListView {
  data: MemberView[];
}
