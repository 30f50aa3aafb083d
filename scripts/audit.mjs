/** `npm run audit`: asks of all books whether what must hold does; exit status 1 where anything does not. */
import { runBesideGateway } from './beside-gateway.mjs';
import { explain } from './project.mjs';

try {
  process.exitCode = await runBesideGateway('dist/audit.js');
} catch (error) {
  explain(error);
  process.exitCode = 1;
}
