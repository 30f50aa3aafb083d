/** What is asked for so often within the last some hundreds is worth keeping. A call asks twice: to open and to close. */
const KEPT_FROM = 3;

/**
 * Pieces of JSON that are written again and again, by their key. What belongs to callers that come seldom is counted and
 * not kept: it would be thrown away before it is used again, and grow old until then (docs/decisions/0031).
 */
export class OftenWritten<Piece extends object> {
  /** A piece, or how often it was asked for. */
  private readonly entries = new Map<string, Piece | number>();

  /** @param most of how many keys it knows before it begins anew */
  constructor(private readonly most: number) {}

  /** The piece that is kept under a key. */
  get(key: string): Piece | undefined {
    const entry = this.entries.get(key);
    return typeof entry === 'object' ? entry : undefined;
  }

  /** It had to be written anew: what `make` returns is kept, where that happens often. */
  missed(key: string, make: () => Piece): void {
    const entry = this.entries.get(key);
    if (entry === undefined && this.entries.size >= this.most) this.entries.clear();
    const count = typeof entry === 'object' ? KEPT_FROM : (entry ?? 0) + 1;
    this.entries.set(key, count < KEPT_FROM ? count : make());
  }
}
