/** What every list has beside its `data`. */
export class ListView {
  object: 'list';

  /** Whether there are more entries after these. */
  has_more: boolean;

  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor: string | null;
}
