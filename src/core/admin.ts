/** Roles of an organization's members. */
export const ROLES = ['owner', 'admin', 'developer', 'billing', 'viewer'] as const;

export type Role = (typeof ROLES)[number];

/** Who uses the admin API; `id` is that of the token or key it came with. */
export type AdminActor =
  | { readonly kind: 'operator'; readonly id: string }
  | {
      readonly kind: 'member';
      readonly id: string;
      readonly organizationId: string;
      readonly memberId: string;
      readonly role: Role;
    }
  | {
      /** An API key that may make keys of its own. */
      readonly kind: 'api_key';
      readonly id: string;
      readonly organizationId: string;
      readonly projectId: string;
    };

/** A request to the admin API, once it is known who asks. */
export interface AdminRequest {
  readonly actor: AdminActor;
  readonly requestId: string;
  /** The client's address. */
  readonly address: string;
  /** From Idempotency-Key, on writes. */
  readonly idempotency:
    | {
        readonly key: string;
        readonly method: string;
        readonly path: string;
        /** SHA-256 of the body as it was parsed. */
        readonly bodyHash: Uint8Array<ArrayBuffer>;
      }
    | undefined;
  /** From If-Match: the version that the client saw. */
  readonly expectedVersion: number | undefined;
}
