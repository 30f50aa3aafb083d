import { readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from '../project.mjs';
import { contentOf } from './files.mjs';

const page = 'ARCHITECTURE.md';

/** The tree of ARCHITECTURE.md names every folder of each module, and none that is gone. */
export function checkDescribedFolders() {
  const source = path.join(root, 'src');
  const there = foldersOf(source)
    .filter((module) => module !== 'generated')
    .flatMap((module) =>
      foldersOf(path.join(source, module)).map((folder) => `${module}/${folder}`),
    );
  return { errors: folderErrors(there, contentOf(page)), warnings: [] };
}

/**
 * What is wrong with the tree on a page.
 *
 * @param {string[]} there folders as `module/folder`
 * @param {string} text of the page
 */
export function folderErrors(there, text) {
  const described = describedFolders(text);
  return [
    ...there
      .filter((folder) => !described.includes(folder))
      .map((folder) => `${page}: the tree lacks src/${folder}/`),
    ...described
      .filter((folder) => !there.includes(folder))
      .map((folder) => `${page}: the tree has src/${folder}/, which is not there`),
  ];
}

/** The tree has modules at two spaces and their folders at four, several on a line or one with what it is for. */
function describedFolders(text) {
  const [, tree = ''] = /^## The tree$[^]*?^src\/$([^]*?)^\S/m.exec(text) ?? [];
  const folders = [];
  let module;
  for (const line of tree.split('\n')) {
    module = /^ {2}([\w-]+)\//.exec(line)?.[1] ?? module;
    const [, names = ''] = /^ {4}((?:[\w-]+\/ ?)+)/.exec(line) ?? [];
    for (const [, name] of names.matchAll(/([\w-]+)\//g)) folders.push(`${module}/${name}`);
  }
  return folders;
}

function foldersOf(directory) {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}
