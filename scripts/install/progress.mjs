const reminderInterval = 10_000;

/**
 * Prints one line when a step begins, one every ten seconds, and one when it is done.
 *
 * @template T
 * @param {string} what the step, as it reads on the terminal
 * @param {(log: (line: string) => void) => Promise<T>} step
 * @returns {Promise<T>}
 */
export async function withProgress(what, step) {
  const begin = performance.now();
  const seconds = () => `${((performance.now() - begin) / 1000).toFixed(1)} s`;
  console.log(`[setup] ${what} …`);
  const reminder = setInterval(() => console.log(`[setup]   … ${seconds()}`), reminderInterval);
  try {
    const result = await step((line) => console.log(`[setup]   ${line}`));
    console.log(`[setup]   done in ${seconds()}`);
    return result;
  } finally {
    clearInterval(reminder);
  }
}
