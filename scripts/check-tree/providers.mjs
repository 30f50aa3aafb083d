import { contentOf, lineAt, sourceFiles, withoutComments } from './files.mjs';

const comparison =
  /\bprovider(Id|Name|\.id|\.name)?\s*[!=]==?\s*['"`]|['"`]\s*[!=]==?\s*[\w.]*\bprovider(Id|Name|\.id|\.name)?\b/g;

/** Code that asks which provider it has. Its quirks belong into its definition. */
export function checkProviderNames() {
  const errors = [];
  for (const file of sourceFiles('src', /\.ts$/)) {
    if (file.startsWith('src/providers/definitions/') || file.endsWith('.spec.ts')) continue;
    const source = withoutComments(contentOf(file));
    for (const { index, 0: text } of source.matchAll(comparison)) {
      errors.push(`${file}:${lineAt(source, index)}: ${text}… belongs into providers/definitions/`);
    }
  }
  return { errors, warnings: [] };
}
