import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.resolve(import.meta.dirname, '../../prisma/catalogue');

/** The files of prisma/catalogue as one, in the native format of an import. */
export function nativeCatalogue(): string {
  const read = (file: string): unknown =>
    JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as unknown;
  const all = (folder: string): readonly unknown[] =>
    readdirSync(path.join(FOLDER, folder))
      .filter((name) => name.endsWith('.json'))
      .map((name) => read(path.join(folder, name)));
  const { aliases } = read('aliases.json') as { aliases: unknown };
  return JSON.stringify({ models: all('models'), offers: all('offers'), aliases }, null, 1);
}
