const SMALL = 400;
const MOST_CUTS = 160;

/**
 * Cuts bytes at random positions, in the middle of characters and line ends too. The same seed gives the same cuts.
 * A small body falls into single bytes.
 */
export function cutAtRandom(bytes: Uint8Array, seed: string): Uint8Array[] {
  if (bytes.length <= SMALL) return Array.from(bytes, (byte) => Uint8Array.of(byte));
  const random = generator(hash(seed));
  const positions = new Set<number>();
  const wanted = Math.min(MOST_CUTS, Math.ceil(bytes.length / 10));
  while (positions.size < wanted) positions.add(1 + Math.floor(random() * (bytes.length - 1)));
  const cuts = [0, ...[...positions].sort((one, other) => one - other), bytes.length];
  return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
}

/** FNV-1a, 32 bits. */
function hash(seed: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(seed)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}

/** Numbers in [0, 1) by the generator known as mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
