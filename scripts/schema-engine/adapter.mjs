/**
 * Prisma's `pg` adapter, with what it lacks for the schema engine put right:
 * - it splits scripts at every `;`, which breaks function bodies;
 * - it refuses Postgres' internal type "char", which the engine's own catalogue queries return;
 * - given a connection string, its shadow database is the main one; and it drops the shadow database
 *   while it is still connected to it.
 */
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { presentCharAsText } from './char-columns.mjs';

const require = createRequire(import.meta.url);

/**
 * @param {string} url the main database
 * @param {string} [shadowUrl] a database to be emptied and used as shadow; by default one is created
 */
export function adapterFactory(url, shadowUrl) {
  const config = connectionConfig(url);
  const factory = new PrismaPg(config);
  const connect = factory.connect.bind(factory);
  factory.connect = async () => corrected(await connect());
  factory.connectToShadowDb = async () =>
    corrected(shadowUrl ? await emptiedDatabase(shadowUrl) : await temporaryDatabase(config));
  return factory;
}

function connectionConfig(url) {
  const { parse, toClientConfig } = createRequire(require.resolve('pg'))('pg-connection-string');
  const plain = new URL(url);
  for (const name of ['schema', 'connection_limit', 'pool_timeout'])
    plain.searchParams.delete(name);
  return { ...toClientConfig(parse(plain.toString())), max: 1 };
}

function corrected(adapter) {
  presentCharAsText(adapter);
  adapter.executeScript = async (sql) => {
    try {
      await adapter.client.query(sql);
    } catch (error) {
      adapter.onError(error);
    }
  };
  return adapter;
}

async function temporaryDatabase(config) {
  const name = `prisma_migrate_shadow_db_${randomUUID()}`;
  await execute(config, `CREATE DATABASE "${name}"`);
  const adapter = await new PrismaPg({ ...config, database: name }).connect();
  const dispose = adapter.dispose.bind(adapter);
  adapter.dispose = async () => {
    await dispose();
    await execute(config, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  };
  return adapter;
}

async function emptiedDatabase(shadowUrl) {
  const config = connectionConfig(shadowUrl);
  await execute(config, 'DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public');
  return new PrismaPg(config).connect();
}

async function execute(config, sql) {
  const client = new pg.Client(config);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
