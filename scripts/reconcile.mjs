/** `npm run reconcile -- --provider x --file bill.csv [--from day] [--to day] [--dry-run]` */
import { runBesideGateway } from './beside-gateway.mjs';
import { explain } from './project.mjs';

try {
  process.exitCode = await runBesideGateway('dist/reconcile.js', process.argv.slice(2));
} catch (error) {
  explain(error);
  process.exitCode = 1;
}
