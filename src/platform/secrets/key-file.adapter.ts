import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { KEY_BYTES } from './envelope.js';
import { formatKey } from './key-ring.js';

const FILE = 'key-encryption-keys';
const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/**
 * The key-encryption keys that are kept in the data directory; the first reader makes one. Of several processes that
 * start at once one wins, and all read what it made. The file outlives a power failure before it is used.
 * @throws Error where the file cannot be made, or others than its owner may read or write it
 */
export function readOrCreateKeyFile(directory: string): string {
  const file = path.join(directory, FILE);
  return readKeyFile(file) ?? createKeyFile(directory, file);
}

function createKeyFile(directory: string, file: string): string {
  mkdirSync(directory, { recursive: true });
  const mark = randomBytes(8).toString('hex');
  const draft = `${file}.${mark}`;
  writeDurably(draft, `${formatKey(`local-${mark}`, randomBytes(KEY_BYTES))}\n`);
  try {
    // Unlike a renaming, a link never replaces what another process put there.
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  syncDirectory(directory);
  const made = readKeyFile(file);
  if (made === undefined) throw new Error(`${file} has vanished`);
  return made;
}

function readKeyFile(file: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    if ((fstatSync(descriptor).mode & OTHERS) !== 0)
      throw new Error(`${file} is open to others than its owner: chmod 600 it`);
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

function writeDurably(file: string, text: string): void {
  const descriptor = openSync(file, 'wx', OWNER_ONLY);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
