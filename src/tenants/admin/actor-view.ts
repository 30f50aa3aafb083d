import type { AdminActor } from '../../core/admin.js';
import type { ActorView } from './actor.dto.js';

/** An actor as the API shows it. */
export function actorView(actor: AdminActor): ActorView {
  return {
    object: 'actor',
    id: actor.id,
    kind: actor.kind,
    organization_id: actor.kind === 'operator' ? null : actor.organizationId,
    project_id: actor.kind === 'api_key' ? actor.projectId : null,
    member_id: actor.kind === 'member' ? actor.memberId : null,
    role: actor.kind === 'member' ? actor.role : null,
  };
}
