import { contentOf, sourceFiles } from './files.mjs';

const splitAt = 250;
const longest = 400;
const emptyNames = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'manager']);

/** Files that have grown too long. A warning above 250 lines, an error above 400. */
export function checkSizes() {
  const errors = [];
  const warnings = [];
  for (const file of ['src', 'test', 'scripts', 'prisma'].flatMap((folder) =>
    sourceFiles(folder),
  )) {
    const lines = contentOf(file).split('\n').length - 1;
    if (lines > longest) errors.push(`${file}: ${lines} lines, more than ${longest}: split it`);
    else if (lines > splitAt) warnings.push(`${file}: ${lines} lines, more than ${splitAt}`);
  }
  return { errors, warnings };
}

/** Files and folders with a name that says nothing about what is in them. */
export function checkNames() {
  const errors = new Set();
  for (const file of ['src', 'test', 'scripts', 'prisma'].flatMap((folder) =>
    sourceFiles(folder),
  )) {
    const parts = file.split('/');
    parts.forEach((part, depth) => {
      const word = part.split(/[.\-_]/).find((it) => emptyNames.has(it.toLowerCase()));
      if (word)
        errors.add(
          `${parts.slice(0, depth + 1).join('/')}: "${word}" says nothing; name what is in it`,
        );
    });
  }
  return { errors: [...errors], warnings: [] };
}
