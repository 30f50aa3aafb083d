/** What an address asks a provider to do: the last word of its path; undefined where it has none. */
export function operationIn(address: string): string | undefined {
  const [path = ''] = address.split('?');
  return path.split(/[/:]/).at(-1) || undefined;
}
