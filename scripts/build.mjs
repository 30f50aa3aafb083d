/** `npm run build`: everything that `npm start` would prepare, without starting it. */
import { prepare } from './install.mjs';
import { explain } from './project.mjs';

try {
  await prepare({ build: true });
} catch (error) {
  explain(error);
  process.exitCode = 1;
}
