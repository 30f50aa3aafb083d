/** `npm run check`: types, lint, format, architecture, API document, schema drift, containers. Runs all of them. */
import path from 'node:path';
import { runCommand } from './command.mjs';
import { prepare } from './install.mjs';
import { explain, root } from './project.mjs';
import { stopSignal } from './stop-requests.mjs';

const stopping = stopSignal();

const program =
  (file, ...args) =>
  ({ signal }) =>
    runProgram(file, args, signal);

const checks = {
  types: program('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--noEmit'),
  lint: program('node_modules/eslint/bin/eslint.js', '.', '--max-warnings=0'),
  format: program('node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  arrows: program(
    'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    ...['src', '--config', '.dependency-cruiser.cjs'],
  ),
  tree: program('scripts/check-tree.mjs'),
  openapi: program('scripts/openapi.mjs', '--check'),
  drift: async ({ signal }) => (await import('./check/drift.mjs')).checkDrift(signal),
  containers: async ({ signal }) =>
    (await import('./check/containers.mjs')).checkContainers(signal),
};

try {
  await prepare({ build: false, signal: stopping });
  const results = [];
  for (const [name, check] of Object.entries(checks)) {
    stopping.throwIfAborted();
    results.push(await run(name, check));
  }
  printTable(results);
  if (results.some(({ ok }) => !ok)) process.exitCode = 1;
} catch (error) {
  explain(error);
  process.exitCode = 1;
}

async function run(name, check) {
  const begin = performance.now();
  console.log(`[check] ${name} …`);
  const { ok, output } = await check({ signal: stopping }).catch((error) => {
    stopping.throwIfAborted();
    return { ok: false, output: error.stack };
  });
  if (output.trim() && (!ok || name === 'tree')) console.log(output.trimEnd());
  return { name, ok, seconds: (performance.now() - begin) / 1000 };
}

async function runProgram(file, args, signal) {
  const { status, output } = await runCommand(process.execPath, [path.join(root, file), ...args], {
    signal,
  });
  return { ok: status === 0, output };
}

function printTable(results) {
  console.log();
  for (const { name, ok, seconds } of results) {
    console.log(`  ${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(12)}${seconds.toFixed(1).padStart(6)} s`);
  }
}
