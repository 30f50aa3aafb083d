import { ownEntry } from '../../core/own-entry.js';

const MEBIBYTE = 1024 * 1024;

/** Routes of the admin API that take more than others; operators alone may use them. */
const LARGER: Readonly<Record<string, number>> = {
  // A source of 8 MiB, with the escapes of JSON.
  'POST /admin/v1/catalogue/plans': 12 * MEBIBYTE,
  'POST /admin/v1/catalogue/revisions': 16 * MEBIBYTE,
};

/** How many bytes the body of a request to a route may have. */
export function bodyLimitOf(route: string): number {
  return ownEntry(LARGER, route) ?? MEBIBYTE;
}
