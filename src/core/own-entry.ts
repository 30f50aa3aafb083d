/** The entry of a table under a name that came from outside; what the table inherits (`constructor`) is none. */
export function ownEntry<Entry>(
  table: Readonly<Record<string, Entry>>,
  name: unknown,
): Entry | undefined {
  return typeof name === 'string' && Object.hasOwn(table, name) ? table[name] : undefined;
}
