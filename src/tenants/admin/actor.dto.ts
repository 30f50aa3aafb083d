import type { Role } from '../../core/admin.js';

/** Who uses the admin API. */
export class ActorView {
  object: 'actor';
  /** Of the token or API key that was sent. */
  id: string;
  kind: 'operator' | 'member' | 'api_key';
  /** Null: of the whole platform. */
  organization_id: string | null;
  project_id: string | null;
  member_id: string | null;
  role: Role | null;
}
