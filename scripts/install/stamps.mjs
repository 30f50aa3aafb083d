import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../project.mjs';

const stampDirectory = path.join(root, 'node_modules/.cache/osm-gateway');

/**
 * A digest of the content of files and folders, named from the root of the checkout. Generated code
 * and specs do not count: they are no input of a build.
 */
export function digestOf(...names) {
  const hash = createHash('sha256');
  for (const name of names) addTo(hash, name);
  return hash.digest('hex');
}

/** Whether a step was last completed with this digest. */
export function isDone(step, digest) {
  const file = path.join(stampDirectory, step);
  return existsSync(file) && readFileSync(file, 'utf8') === digest;
}

/** Forgets that a step was completed: it begins anew, and may leave half a result when it fails. */
export function markBegun(step) {
  rmSync(path.join(stampDirectory, step), { force: true });
}

/** Remembers that a step was completed with this digest. */
export function markDone(step, digest) {
  mkdirSync(stampDirectory, { recursive: true });
  writeFileSync(path.join(stampDirectory, step), digest);
}

function addTo(hash, name) {
  const file = path.join(root, name);
  if (!existsSync(file)) return;
  if (!statSync(file).isDirectory()) {
    hash.update(`${name}\0`).update(readFileSync(file));
    return;
  }
  for (const entry of readdirSync(file).sort()) {
    if (entry !== 'generated' && !entry.endsWith('.spec.ts')) addTo(hash, `${name}/${entry}`);
  }
}
