import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from '../project.mjs';

/**
 * Turns the words after `npm test --` into what Jest is to run. A word that occurs in the path of a
 * spec file selects these files, any other one the tests whose name holds it; options go to Jest.
 *
 * @param {string[]} words
 * @returns {{files: string[], jestArguments: string[]}} the files that will be looked at
 */
export function select(words) {
  const options = words.filter((word) => word.startsWith('-'));
  const plain = words.filter((word) => !word.startsWith('-'));
  const all = specFiles();
  const inPath = (word) => all.filter((file) => file.toLowerCase().includes(word.toLowerCase()));
  const names = plain.filter((word) => inPath(word).length === 0);
  const paths = plain.filter((word) => inPath(word).length > 0);
  const files = paths.length === 0 ? all : [...new Set(paths.flatMap(inPath))];
  const jestArguments = [...options];
  if (names.length > 0) jestArguments.push('-t', names.map(escapePattern).join('|'));
  if (paths.length > 0) jestArguments.push('--runTestsByPath', ...files);
  return { files, jestArguments };
}

/** Whether one of these files runs the built server. */
export function needsBuild(files) {
  return files.some((file) => /^test\/(e2e|chaos|bench|sweep\/canaries)\b/.test(file));
}

function specFiles() {
  return ['src', 'test'].flatMap((folder) => {
    if (!existsSync(path.join(root, folder))) return [];
    return readdirSync(path.join(root, folder), { recursive: true })
      .filter((name) => name.endsWith('.spec.ts'))
      .map((name) => `${folder}/${name.split(path.sep).join('/')}`);
  });
}

function escapePattern(word) {
  return word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
