import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Writes figures as JSON, named by when their machine was asked, and gives the file. */
export function writeResults(folder, results) {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${results.machine.startedAt.replaceAll(':', '-')}.json`);
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  return file;
}
