import { readFileSync, writeFileSync } from 'node:fs';
import { Failure } from '../osm/failures.mjs';
import { describePlan } from './describe.mjs';
import { readSource } from './source.mjs';

const hashLength = 8;

/** Shows what a source would change, and writes the plan unless it is a dry run or nothing changes. */
export async function planImport(
  connection,
  { from, format, providers, effective, plan: file, dryRun },
) {
  const plan = await connection.send({
    method: 'POST',
    path: '/admin/v1/catalogue/plans',
    body: {
      format,
      ...readSource(from),
      ...(providers && { providers }),
      ...(effective && { effective_at: effective }),
    },
  });
  console.log(describePlan(plan).join('\n'));
  const isEmpty = [plan.models, plan.aliases, plan.offers, plan.prices].every(
    ({ length }) => length === 0,
  );
  if (dryRun || isEmpty) return;
  const [, hash] = plan.id.split(':');
  const target = file ?? `catalogue-plan-${hash.slice(0, hashLength)}.json`;
  writeFileSync(target, `${JSON.stringify(plan, null, 2)}\n`);
  console.log(`The plan is in ${target}. Apply it: npm run catalogue -- import --apply ${target}`);
}

/** Applies a plan as it was written. */
export async function applyPlan(connection, { apply, confirm }) {
  const applied = await connection.send({
    method: 'POST',
    path: '/admin/v1/catalogue/revisions',
    body: { plan: readPlan(apply), ...(confirm && { confirm }) },
  });
  const { models, aliases, offers, prices, held, revision } = applied;
  console.log(
    `Revision ${revision}: ${models} models, ${aliases} aliases, ${offers} offers, ${prices} prices.`,
  );
  if (held.length > 0) console.log(`Held back: ${held.join(', ')}`);
}

function readPlan(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Failure(`${file} is no plan: ${error.message}`);
  }
}
