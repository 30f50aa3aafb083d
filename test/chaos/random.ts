/** Random numbers that a seed decides: the same seed gives the same row of them. */
export class Random {
  private state: number;

  /** @param purpose sets apart the rows that one seed gives */
  constructor(seed: number, purpose: string) {
    let hash = seed | 0;
    for (const character of purpose)
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x9e3779b1);
    this.state = hash;
  }

  /** At least 0 and below 1. Mulberry32, by Tommy Ettinger (public domain). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  between(lowest: number, highest: number): number {
    return lowest + Math.floor(this.next() * (highest - lowest + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** @throws Error if there is nothing to choose from */
  pick<T>(from: readonly T[]): T {
    const picked = from[this.between(0, from.length - 1)];
    if (picked === undefined) throw new Error('there is nothing to choose from');
    return picked;
  }
}
