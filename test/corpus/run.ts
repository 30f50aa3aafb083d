import { writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { startReplayServer } from '../support/replay-server.js';
import { loadCases } from './cases.js';
import { completeCatalogue } from './catalogue.js';
import { loadSchemas } from './checks/schema.js';
import { providerEnvironment, startGateway, type Leash } from './gateway.js';
import { countOf, reportLines } from './report.js';
import type { CaseResult } from './result.js';
import { runCases } from './run-cases.js';
import { fillWallets } from './wallet.js';

const SCHEMAS = path.resolve(import.meta.dirname, '../../../shared/specs');

export interface RunOptions {
  readonly folder: string;
  /** Only cases whose name holds this. */
  readonly only: string | undefined;
  readonly verbose: boolean;
  /** File to which the results are written as JSON. */
  readonly json: string | undefined;
  /** A migrated and seeded database: the URL of its owner, and that of the gateway's role. */
  readonly ownerUrl: string;
  readonly appUrl: string;
  /** A key of the seeded organization. */
  readonly apiKey: string;
  /** With what the gateway is started so that it ends together with this process. */
  readonly leash: Leash;
  /** Ends the run after the cases that are being played. */
  readonly signal: AbortSignal;
}

/** Runs the corpus against a gateway of its own and prints the report. @returns whether nothing failed */
export async function runCorpus(options: RunOptions): Promise<boolean> {
  const results = await resultsOf(options);
  if (options.json) writeFileSync(options.json, `${JSON.stringify(results, undefined, 2)}\n`);
  for (const line of reportLines(results, options.verbose)) console.log(line);
  return countOf(results, 'failed') === 0;
}

async function resultsOf({
  folder,
  only,
  ownerUrl,
  appUrl,
  apiKey,
  leash,
  signal,
  verbose,
}: RunOptions): Promise<CaseResult[]> {
  const { cases, unreadable } = loadCases(folder);
  const chosen = cases.filter((recorded) => only === undefined || recorded.name.includes(only));
  const broken = unreadable.filter(({ name }) => only === undefined || name.includes(only));
  await withDatabase(ownerUrl, async (client) => {
    await completeCatalogue(client, chosen);
    await fillWallets(client);
  });
  const schemas = loadSchemas(SCHEMAS);
  if (!schemas)
    console.log(`OpenAI's schemas are not at ${SCHEMAS}: answers are not held against them.`);
  const replay = await startReplayServer();
  try {
    const environment = {
      ...providerEnvironment(replay.url),
      DATABASE_URL: appUrl,
      ALLOW_PRIVATE_UPSTREAMS: 'true',
      // Every recorded failure is played to its own provider, however many there were before.
      TARGET_EJECTION: 'off',
    };
    const gateway = await startGateway(environment, apiKey, leash);
    try {
      const results = await runCases({ gateway, replay, schemas }, chosen, signal);
      return [...results, ...broken.map(unreadableResult)];
    } finally {
      await gateway.stop();
      if (verbose) console.log(gateway.log());
    }
  } finally {
    await replay.close();
  }
}

function unreadableResult({ name, problem }: { name: string; problem: string }): CaseResult {
  return {
    name,
    folder: name.split('/')[0] ?? name,
    outcome: { kind: 'failed', problems: [problem] },
    notes: [],
  };
}

async function withDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
