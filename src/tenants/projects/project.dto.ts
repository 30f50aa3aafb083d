import { IsIn } from 'class-validator';
import type { ProjectMode } from '../../core/principal.js';
import { ListView } from '../../platform/pagination/list.dto.js';
import { PageQueryDto } from '../../platform/pagination/page-query.dto.js';
import { MayBeAbsent } from '../../platform/validation/may-be-absent.validator.js';
import { IsPlainText } from '../../platform/validation/plain-text.validator.js';

const LONGEST_NAME = 100;

export const PROJECT_MODES = ['credits', 'api-keys', 'hybrid'] as const;
export const PROJECT_STATUSES = ['active', 'archived'] as const;

export type ProjectStatus = (typeof PROJECT_STATUSES)[number];

/** A new project. */
export class CreateProjectDto {
  @IsPlainText(LONGEST_NAME)
  name: string;

  /** Whose provider keys are used: the platform's (and the wallet), the organization's own, or its own where there are. */
  @MayBeAbsent()
  @IsIn(PROJECT_MODES)
  mode?: ProjectMode;
}

/** What may be changed of a project. */
export class UpdateProjectDto {
  @MayBeAbsent()
  @IsPlainText(LONGEST_NAME)
  name?: string;

  @MayBeAbsent()
  @IsIn(PROJECT_MODES)
  mode?: ProjectMode;

  /** The keys of an archived project are refused. */
  @MayBeAbsent()
  @IsIn(PROJECT_STATUSES)
  status?: ProjectStatus;
}

/** Filters and page of the list of projects. */
export class ProjectQueryDto extends PageQueryDto {
  /** Absent: active. */
  @MayBeAbsent()
  @IsIn(PROJECT_STATUSES)
  status?: ProjectStatus;
}

/** What keys belong to. */
export class ProjectView {
  object: 'project';
  id: string;
  organization_id: string;
  name: string;
  /** Whose provider keys are used. */
  mode: ProjectMode;
  status: ProjectStatus;
  created_at: string;
  /** Counts changes. */
  version: number;
}

export class ProjectList extends ListView {
  data: ProjectView[];
}
