/**
 * Lets Node import this project's TypeScript without building it: `node --import ./scripts/typescript-loader.mjs
 * file.ts`. Types are stripped by swc, not checked; `./name.js` is looked for as `./name.ts` first.
 */
import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';

const relative = /^\.{1,2}\//;

/** Node's resolve hook: an import of `./name.js` from TypeScript means the source `./name.ts`. */
export async function resolve(specifier, context, next) {
  if (relative.test(specifier) && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts')) {
    const source = new URL(`${specifier.slice(0, -3)}.ts`, context.parentURL);
    if (existsSync(source)) return next(source.href, context);
  }
  return next(specifier, context);
}

/** Node's load hook: TypeScript becomes an ES module with an inline source map. */
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const { transform } = await import('@swc/core');
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), {
    filename,
    swcrc: false,
    configFile: false,
    sourceMaps: 'inline',
    module: { type: 'es6' },
    jsc: {
      target: 'es2023',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
  });
  return { format: 'module', source: code, shortCircuit: true };
}

// Node runs the hooks in a thread of their own; only the first import of this file registers them.
if (isMainThread) register(import.meta.url);
