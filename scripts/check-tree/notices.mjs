import { contentOf } from './files.mjs';

const page = 'THIRD_PARTY_NOTICES.md';

/** Where the page has which of package.json's tables. */
const headings = {
  dependencies: '## Needed at run time',
  optionalDependencies: '## Optional',
  devDependencies: '## Needed for building and testing',
};

/** The notices name every direct dependency with version and licence, where it belongs, and nothing else. */
export function checkNotices() {
  const lock = JSON.parse(contentOf('package-lock.json'));
  return { errors: noticeErrors(lock.packages, contentOf(page)), warnings: [] };
}

/**
 * What is wrong with a page of notices.
 *
 * @param {Record<string, object>} packages of the lock file, whose entry '' is package.json
 * @param {string} text of the page
 */
export function noticeErrors(packages, text) {
  return Object.entries(headings).flatMap(([table, heading]) => {
    const named = rowsBelow(text, heading);
    const needed = Object.keys(packages[''][table] ?? {}).map((name) => {
      const { version, license } = packages[`node_modules/${name}`];
      return `${name} | ${version} | ${license}`;
    });
    return [
      ...needed
        .filter((row) => !named.includes(row))
        .map((row) => `${page}: "${heading}" lacks | ${row} |`),
      ...named
        .filter((row) => !needed.includes(row))
        .map((row) => `${page}: "${heading}" has | ${row} |, which is no such dependency`),
    ];
  });
}

/** Name, version and licence of each row of the table below a heading. */
function rowsBelow(text, heading) {
  const [, section = ''] = text.split(`${heading}\n`);
  const [, table = ''] = section.split(/^## /m)[0].split(/^\|[-|]+\|$/m);
  return [...table.matchAll(/^\| (.+?) \| [^|]+ \|$/gm)].map(([, row]) => row);
}
