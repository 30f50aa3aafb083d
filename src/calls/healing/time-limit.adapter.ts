import { createContext, Script } from 'node:vm';

const context = createContext({ work: (): unknown => undefined });
const script = new Script('work()');

/**
 * Runs work that never awaits, for at most so long; regular expressions are stopped like everything else.
 * Undefined where the time was up; measured, it costs some 25 µs. @throws what the work throws
 */
export function withinTime<Result>(milliseconds: number, work: () => Result): Result | undefined {
  let result: Result | undefined;
  context['work'] = (): void => {
    result = work();
  };
  try {
    script.runInContext(context, { timeout: milliseconds });
    return result;
  } catch (error) {
    if (isTimeout(error)) return undefined;
    throw error;
  } finally {
    context['work'] = undefined;
  }
}

function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
