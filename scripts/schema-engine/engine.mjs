import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { adapterFactory } from './adapter.mjs';

/**
 * Loads the WebAssembly engine and connects it to the database.
 *
 * @param {{datamodels: [string, string][], url: string, shadowUrl?: string}} order
 * @returns {Promise<object>} the engine; its methods have the names of the JSON-RPC methods
 */
export async function loadEngine({ datamodels, url, shadowUrl }) {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    set_message: (message) => process.stderr.write(`The schema engine panicked: ${message}\n`),
  };
  const require = createRequire(import.meta.url);
  const directory = path.dirname(require.resolve('@prisma/schema-engine-wasm'));
  const bindings = await import(pathToFileURL(path.join(directory, 'schema_engine_bg.js')).href);
  const program = readFileSync(path.join(directory, 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(program, {
    './schema_engine_bg.js': bindings,
  });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  const factory = bindMigrationAwareSqlAdapterFactory(adapterFactory(url, shadowUrl));
  return bindings.SchemaEngine.new({ datamodels }, ignoreLog, factory);
}

function ignoreLog() {}
