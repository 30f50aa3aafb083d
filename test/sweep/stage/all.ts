/** How many requests are on their way at a time. */
const AT_A_TIME = 6;

/** Does all of these, some at a time; gives what they came to, put together. */
export async function all<T>(tasks: readonly (() => Promise<readonly T[]>)[]): Promise<T[]> {
  const found: T[] = [];
  const waiting = tasks.values();
  const work = async (): Promise<void> => {
    for (const task of waiting) found.push(...(await task()));
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return found;
}
