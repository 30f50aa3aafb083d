export const MINUTE = 60_000;
/** A day of UTC holds no end of a month, so that a story of one day is a story of one month. */
export const DAY = 86_400_000;

/** How a story is told again. */
export interface Retelling {
  /** Puts everything back to where the story begins; a story that makes all it needs has no need of it. */
  readonly again?: () => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/**
 * A test whose story is true only within one window of so many milliseconds, counted in UTC from the epoch: where it
 * fails and another window has begun since its start, it is told again.
 *
 * @throws what the story throws within one window
 */
export function inOneWindow(
  milliseconds: number,
  story: () => Promise<void>,
  { again, now = Date.now }: Retelling = {},
): () => Promise<void> {
  const window = (): number => Math.floor(now() / milliseconds);
  return async () => {
    for (let began = window(); ; began = window()) {
      try {
        return await story();
      } catch (error) {
        if (window() === began) throw error;
      }
      await again?.();
    }
  };
}
