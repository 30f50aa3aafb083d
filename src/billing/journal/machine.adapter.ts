import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nextUlid } from '../../platform/ulid.adapter.js';

const FILE = 'machine';
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/**
 * `<machine>/<boot>`: whose disk a journal is on, and since when its kernel runs. The machine is named by a file beside
 * the journals, made by whoever asks first: where the disk goes, the name goes with the journals.
 */
export function machineOf(dataDir: string): string {
  return `${machineId(dataDir)}/${bootId()}`;
}

function machineId(dataDir: string): string {
  const file = join(dataDir, FILE);
  return readId(file) ?? makeId(dataDir, file);
}

function readId(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The name appears with its content or not at all, and of two who make one at a time, one wins. */
function makeId(dataDir: string, file: string): string {
  mkdirSync(dataDir, { recursive: true });
  const id = nextUlid();
  const draft = `${file}.${id}`;
  writeFileSync(draft, `${id}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
    return id;
  } catch (error) {
    const known = readId(file);
    if (known === undefined) throw error;
    return known;
  } finally {
    unlinkSync(draft);
  }
}

/** Where the system does not tell, every boot is the same one; then a machine that is gone waits for its time limit. */
function bootId(): string {
  try {
    return readFileSync(BOOT_ID, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
