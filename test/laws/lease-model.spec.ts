import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { PIECE } from '../../src/billing/quota/amount.js';
import { formatUsd, parseUsd } from '../../src/core/money.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { commandsOf } from '../support/lease-commands.js';
import { LeaseStory } from '../support/lease-story.js';

/** LAW_RUNS=2000 for the long form. */
const RUNS = Number(process.env['LAW_RUNS'] ?? 40);

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

describe('leases of three processes', () => {
  it(
    'admit a call if and only if there is enough, whatever happened before',
    async () => {
      await fc.assert(
        fc.asyncProperty(commandsOf(), async (commands) => {
          const story = await LeaseStory.begin(client, {
            credit: parseUsd('0.03'),
            budget: parseUsd('0.05'),
            requests_per_day: 18n * PIECE,
          });
          for (const command of commands) {
            await story.play(command);
            await expectSound(story);
          }
          await story.end();
          await expectSound(story);
          // Nothing is left with processes that ended; every estimate has its better figure.
          for (const { leased } of await story.rows()) expect(leased).toBe(0n);
        }),
        { numRuns: RUNS },
      );
    },
    60_000 + RUNS * 1_000,
  );
});

/** Postgres has on record what the model says; what is leased is somebody's; no limit is passed. */
async function expectSound(story: LeaseStory): Promise<void> {
  for (const { kind, spent, leased, leases, cap } of await story.rows()) {
    expect([kind, formatUsd(spent)]).toEqual([kind, formatUsd(story.model.spent(kind))]);
    expect([kind, formatUsd(leased)]).toEqual([kind, formatUsd(leases)]);
    if (!story.model.overran) expect(spent + leased <= cap).toBe(true);
  }
}
