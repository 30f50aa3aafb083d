/** Text cut into three pieces, none of which ends inside a surrogate pair. */
export function pieces(source: string): string[] {
  const characters = Array.from(source);
  if (characters.length < 3) return source === '' ? [] : [source];
  const third = Math.ceil(characters.length / 3);
  return [0, 1, 2]
    .map((part) => characters.slice(part * third, (part + 1) * third).join(''))
    .filter((piece) => piece !== '');
}
