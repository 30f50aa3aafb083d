import { measureAt, untilQuiet } from './measure.mjs';
import { cellOf, usualConcurrency } from './plan.mjs';

/**
 * What the HTTP process asks of the database during calls. The worker, which has the same role, is halted
 * meanwhile.
 *
 * @returns {Promise<{calls: number, statements: {calls: number, query: string}[] | undefined}>}
 */
export async function countHotPathStatements(stage, plan) {
  const { worker, database, load, gateway } = stage;
  await untilQuiet(stage);
  worker.signal('SIGSTOP');
  try {
    await database.forgetStatements();
    const cell = cellOf(plan, 'json', usualConcurrency(plan));
    const { allCalls } = await measureAt(stage, load, gateway, cell);
    return { calls: allCalls, statements: await database.statements() };
  } finally {
    worker.signal('SIGCONT');
    await untilQuiet(stage);
  }
}
