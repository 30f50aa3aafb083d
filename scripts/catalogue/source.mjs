import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../osm/failures.mjs';

const maxBytes = 8 * 1024 * 1024;

/**
 * What is sent of a source: an address, which the gateway gets by itself, or the text of a file or folder.
 *
 * @param {string} from
 * @returns {{source_url: string} | {content: string, name: string}}
 * @throws {Failure}
 */
export function readSource(from) {
  if (/^https?:\/\//.test(from)) return { source_url: from };
  if (!existsSync(from)) throw new Failure(`There is no file ${from}.`);
  const stat = statSync(from);
  const name = path.basename(path.resolve(from));
  if (stat.isDirectory()) return { content: pack(from), name };
  if (stat.size > maxBytes)
    throw new Failure(`${from} has ${stat.size} bytes; at most ${maxBytes} are read.`);
  return { content: readFileSync(from, 'utf8'), name };
}

/** A folder such as prisma/catalogue as one file in the native format; the files go in as they are written. */
function pack(folder) {
  const texts = (inner) => {
    const directory = path.join(folder, inner);
    if (!existsSync(directory)) return [];
    const names = readdirSync(directory).filter((name) => name.endsWith('.json'));
    return names.sort().map((name) => readFileSync(path.join(directory, name), 'utf8'));
  };
  const aliasFile = path.join(folder, 'aliases.json');
  const aliases = existsSync(aliasFile) ? JSON.parse(readFileSync(aliasFile, 'utf8')).aliases : [];
  const parts = ['models', 'offers'].map((inner) => `"${inner}": [${texts(inner).join(',')}]`);
  return `{${parts.join(',')}, "aliases": ${JSON.stringify(aliases)}}`;
}
