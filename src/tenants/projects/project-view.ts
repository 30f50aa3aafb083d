import type { ProjectMode } from '../../core/principal.js';
import type { Project } from '../../generated/prisma/client.js';
import type { ProjectStatus, ProjectView } from './project.dto.js';

/** A project as the API shows it. */
export function projectView(row: Project): ProjectView {
  return {
    object: 'project',
    id: row.id,
    organization_id: row.organizationId,
    name: row.name,
    mode: row.mode as ProjectMode,
    status: row.status as ProjectStatus,
    created_at: row.createdAt.toISOString(),
    version: row.version,
  };
}
