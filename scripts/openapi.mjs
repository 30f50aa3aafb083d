/** `npm run openapi`: writes docs/openapi.json from the code. With `--check` it only says whether it is current. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { prepare } from './install.mjs';
import { Advice, explain, root } from './project.mjs';

const file = path.join(root, 'docs/openapi.json');

try {
  await prepare({ build: false });
  const text = await currentDocument();
  if (process.argv.includes('--check')) requireCurrent(text);
  else write(text);
} catch (error) {
  explain(error);
  process.exitCode = 1;
}

async function currentDocument() {
  const { compileWithPlugin } = await import('./openapi/compile.mjs');
  const { describeGateway } = await import('./openapi/document.mjs');
  const { format, resolveConfig } = await import('prettier');
  const compiled = await compileWithPlugin();
  try {
    const document = await describeGateway(compiled.directory);
    return await format(JSON.stringify(document), {
      ...(await resolveConfig(file)),
      parser: 'json',
    });
  } finally {
    compiled.remove();
  }
}

function requireCurrent(text) {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  throw new Advice('docs/openapi.json is not what the code says: run `npm run openapi`.');
}

function write(text) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`[openapi] wrote ${path.relative(root, file)}`);
}
