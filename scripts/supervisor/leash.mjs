import path from 'node:path';
import { root } from '../project.mjs';

/**
 * Node options and environment for a child with an IPC channel, by which it ends together with this
 * process, also when this process is killed and can tell it nothing.
 */
export const leash = {
  options: ['--import', path.join(root, 'scripts/supervisor/end-with-parent.mjs')],
  env: { LEASH_HOLDER: String(process.pid) },
};
