import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';

const folder = path.resolve(import.meta.dirname, '../../../scripts/check-tree');
type Rule = (known: unknown, text: string) => string[];

async function rule(file: string, name: string): Promise<Rule> {
  const module = (await import(path.join(folder, file))) as Record<string, Rule>;
  return module[name] ?? Promise.reject(new Error(`${file} has no ${name}`));
}

describe('the check of third-party notices', () => {
  const packages = {
    '': { dependencies: { one: '1.0.0' }, devDependencies: { '@the/other': '2.0.0' } },
    'node_modules/one': { version: '1.0.0', license: 'MIT' },
    'node_modules/@the/other': { version: '2.0.0', license: 'Apache-2.0' },
  };
  const page = (run: string, optional: string, build: string): string => {
    const head = '\n\n| package | version | licence | copyright |\n|---|---|---|---|\n';
    return `# Notices\n\n## Needed at run time${head}${run}\n\n## Optional${head}${optional}
## Needed for building and testing${head}${build}\n\n## Data\n\n| a | b | c | d |\n`;
  };
  const one = '| one | 1.0.0 | MIT | 2020 Somebody |';
  const other = '| @the/other | 2.0.0 | Apache-2.0 | Somebody else |';

  let noticeErrors: Rule;
  beforeAll(async () => {
    noticeErrors = await rule('notices.mjs', 'noticeErrors');
  });

  it('accepts a page that names each dependency where it belongs', () => {
    expect(noticeErrors(packages, page(one, '', other))).toEqual([]);
  });

  it('tells what is missing, what is too much, and what stands in the wrong place', () => {
    const errors = noticeErrors(packages, page('', one, `${other}\n| gone | 3.0.0 | MIT | x |`));
    expect(errors).toEqual([
      'THIRD_PARTY_NOTICES.md: "## Needed at run time" lacks | one | 1.0.0 | MIT |',
      expect.stringContaining('"## Optional" has | one | 1.0.0 | MIT |'),
      expect.stringContaining('"## Needed for building and testing" has | gone | 3.0.0 | MIT |'),
    ]);
  });

  it.each(['| one | 1.0.1 | MIT | 2020 Somebody |', '| one | 1.0.0 | ISC | 2020 Somebody |'])(
    'compares version and licence: %s',
    (row) => {
      expect(noticeErrors(packages, page(row, '', other))).toHaveLength(2);
    },
  );
});

describe('the check of the tree of ARCHITECTURE.md', () => {
  const page = `# Architecture

    outside/          not of the tree

## The tree

\`\`\`
src/
  main.ts             a program
  core/               pure
    rules/            what is allowed
  platform/           the rest
    health/ logging/
    http/             requests
      lane/           deeper folders may be named
prisma/               schema
    core/
\`\`\`
`;
  const there = ['core/rules', 'platform/health', 'platform/logging', 'platform/http'];

  let folderErrors: Rule;
  beforeAll(async () => {
    folderErrors = await rule('described-folders.mjs', 'folderErrors');
  });

  it('accepts a tree that names each folder', () => {
    expect(folderErrors(there, page)).toEqual([]);
  });

  it('tells which folder is not named, and which named one is not there', () => {
    expect(folderErrors([...there.slice(1), 'platform/queue'], page)).toEqual([
      'ARCHITECTURE.md: the tree lacks src/platform/queue/',
      'ARCHITECTURE.md: the tree has src/core/rules/, which is not there',
    ]);
  });
});
