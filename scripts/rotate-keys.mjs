/** `npm run rotate-keys`: wraps the keys of all stored secrets with the first of KEY_ENCRYPTION_KEYS. */
import { runBesideGateway } from './beside-gateway.mjs';
import { explain } from './project.mjs';

try {
  process.exitCode = await runBesideGateway('dist/rotate-keys.js');
} catch (error) {
  explain(error);
  process.exitCode = 1;
}
