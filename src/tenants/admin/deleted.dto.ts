/** The answer to a deletion. */
export class DeletedView {
  /** Kind of what was deleted. */
  object: string;
  id: string;
  deleted: true;
}

export function deletedView(object: string, id: string): DeletedView {
  return { object, id, deleted: true };
}
