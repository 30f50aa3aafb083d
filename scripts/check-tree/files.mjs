import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../project.mjs';

// The folders of `test/golden` hold recordings; what plays them is our own.
const notOurs = /(^|\/)(node_modules|generated|dist|\.data|fixtures)(\/|$)|^test\/golden\/[^/]+\//;

/**
 * The project's own source files below a folder, as paths from the root with forward slashes.
 *
 * @param {string} folder
 * @param {RegExp} pattern of the file name
 */
export function sourceFiles(folder, pattern = /\.(ts|mjs|cjs)$/) {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => !notOurs.test(file))
    .sort();
}

/** The content of a file, named from the root. */
export function contentOf(file) {
  return readFileSync(path.join(root, file), 'utf8');
}

/** Source text with its comments blanked out; the lines keep their numbers. */
export function withoutComments(source) {
  const blank = (text) => text.replaceAll(/[^\n]/g, ' ');
  return source
    .replaceAll(/\/\*[\s\S]*?\*\//g, blank)
    .replaceAll(
      /(^|[^:'"`\\])\/\/[^\n]*/g,
      (text, before) => before + blank(text.slice(before.length)),
    );
}

/** One-based number of the line that holds this index. */
export function lineAt(source, index) {
  return source.slice(0, index).split('\n').length;
}
