#!/usr/bin/env node
/**
 * Stands in for Prisma's native schema engine, which its commands would otherwise download: speaks the
 * same JSON-RPC on standard input and output, on top of the WebAssembly engine and `pg`.
 * Prisma's commands find it by PRISMA_SCHEMA_ENGINE_BINARY.
 */
import { runDatabaseCommand } from './schema-engine/commands.mjs';
import { loadEngine } from './schema-engine/engine.mjs';
import { serve } from './schema-engine/rpc.mjs';
import { readArguments } from './schema-engine/arguments.mjs';

const order = readArguments(process.argv.slice(2));

if (order.version) {
  console.log('schema-engine-cli on WebAssembly');
} else if (order.command) {
  process.exitCode = await runDatabaseCommand(order.command, order.url);
} else {
  await serve(await loadEngine(order));
  process.exit(0);
}
