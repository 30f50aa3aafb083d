import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { CloseRecord } from '../../src/billing/journal/journal-record.js';
import { EstimateSweepService } from '../../src/billing/reconciliation/estimate-sweep.service.js';
import { insertCredential, secretBox } from '../support/credential-rows.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { chargeOf, closeOf, identityOf } from '../support/journal.js';
import { insertModel } from '../support/offer-rows.js';
import { connectAsGateway, faultsOf, makeWallet, quotaOf, TestProcess } from '../support/quotas.js';
import { startReconcilingWorker, type ReconcilingWorker } from '../support/reconciliation.js';
import { startReplayServer, type ReplayServer } from '../support/replay-server.js';
import { makeTenant, until, type Rows } from '../support/tenant.js';

const KEYS = `test:${randomBytes(32).toString('base64')}`;
const box = secretBox(KEYS);

let database: TestDatabase;
let rows: Rows;
let provider: ReplayServer;
let worker: ReconcilingWorker;
let writer: TestProcess;
let platformKey: string;
let tenant = 0;
let organization: string;
let wallet: string;
let call: string;

beforeAll(async () => {
  for (const level of ['warn', 'log'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
  [database, provider] = await Promise.all([createTestDatabase(), startReplayServer()]);
  rows = connectAsGateway(database.appUrl);
  await insertModel(rows, 'm', ['openrouter', 'vercel']);
  platformKey = await insertKey(null, 'openrouter', 'sk-platform');
  writer = await TestProcess.register(rows, 'writer');
  worker = await startReconcilingWorker(database.appUrl, {
    ALLOW_PRIVATE_UPSTREAMS: 'true',
    KEY_ENCRYPTION_KEYS: KEYS,
  });
});
afterAll(async () => {
  await worker.app.close();
  await Promise.all([rows.close(), provider.close()]);
  await database.drop();
  jest.restoreAllMocks();
});
beforeEach(async () => {
  tenant++;
  organization = `org_${tenant}`;
  call = `call_${tenant}`;
  await makeTenant(rows, String(tenant));
  wallet = await makeWallet(rows, organization, '10');
  await writer.lease([[wallet, '1']]);
});

function insertKey(owner: string | null, providerId: string, secret: string): Promise<string> {
  const baseUrl = `${provider.url}/api`;
  return insertCredential(rows, box, { organizationId: owner, providerId, secret, baseUrl });
}

/** The provider's answers to questions about calls, from now on. */
function play(status: number, data: object = {}): void {
  const body = JSON.stringify(status === 200 ? { data } : { error: { code: status } });
  const headers = { 'content-type': 'application/json' };
  // In pieces: the question is not answered by how an answer begins.
  const pieces = [body.slice(0, 9), body.slice(9)].map((piece) => Buffer.from(piece));
  provider.play('api', { status, headers, pieces });
}
const asked = () => provider.received('api');

const GENERATION = {
  id: 'gen-1',
  total_cost: 0.0000375,
  upstream_inference_cost: 0.00003,
  native_tokens_prompt: 20,
  native_tokens_completion: 10,
  native_tokens_reasoning: 4,
  native_tokens_cached: 0,
};

/** A stream that was cut after some tokens: 1 USD a million in, 2 USD a million out. */
async function cutStream(more: Partial<CloseRecord> = {}, charged = true): Promise<void> {
  const served = { provider: 'openrouter', model: 'm', offer: 'openrouter/m', upstreamModel: 'm' };
  const close = closeOf(call, '0.00003', {
    identity: identityOf({ organization, project: `prj_${tenant}` }),
    served: { ...served, priceVersion: 'openrouter/m' },
    credential: platformKey,
    upstreamId: 'gen-1',
    charge: chargeOf('0.00003', {
      units: { promptTokens: 20, completionTokens: 5 },
      rank: 'estimate',
      charged,
    }),
    quotas: charged ? [[wallet, 0, '1', '0.00003', '0.00003', '0.99997']] : [],
    outcome: 'client_gone',
    ...more,
  });
  await rows.query('SELECT post_calls($1, $2::jsonb)', [writer.id, JSON.stringify([close])]);
}

/** [revision, amount, provider's cost, rank, what came of the question] of each figure. */
async function figures(): Promise<unknown[][]> {
  const found = await rows.query(
    `SELECT revision, trim_scale(amount)::text AS amount, trim_scale(provider_cost)::text AS cost, rank, reconciliation
     FROM usage_event WHERE call_id = $1 ORDER BY revision`,
    [call],
  );
  return found.map(({ revision, amount, cost, rank, reconciliation }) => [
    revision,
    amount,
    cost,
    rank,
    reconciliation,
  ]);
}

/** Asks through the queue, and waits until the estimate was looked at. */
async function reconcile(): Promise<unknown[][]> {
  await worker.estimates.add([call]);
  await until(async () => (await figures())[0]?.[4] !== null, 'the job');
  return figures();
}

describe('a stream that was cut', () => {
  it('is charged by what its provider says of it later', async () => {
    play(200, GENERATION);
    await cutStream();
    expect(await reconcile()).toEqual([
      [1, '0.00003', '0.00003', 'estimate', 'provider_report'],
      [2, '0.00004', '0.0000375', 'provider_report', null],
    ]);
    expect(asked()).toEqual([
      expect.objectContaining({
        method: 'GET',
        path: '/generation?id=gen-1',
        headers: expect.objectContaining({ authorization: 'Bearer sk-platform' }),
      }),
    ]);
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.00004', leased: '0' });
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('is asked for again where the provider does not know it yet', async () => {
    play(404);
    await cutStream();
    await worker.estimates.add([call]);
    await until(() => asked().length > 0, 'the first question');
    play(200, GENERATION);
    await until(async () => (await figures()).length === 2, 'the second question');
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('keeps its estimate where the provider never comes to know it', async () => {
    play(404);
    await cutStream();
    await rows.query(
      `UPDATE usage_event SET recorded_at = clock_timestamp() - interval '16 minutes' WHERE call_id = $1`,
      [call],
    );
    expect(await worker.app.get(EstimateSweepService).sweep()).toBe(1);
    await until(async () => (await figures())[0]?.[4] !== null, 'the job');
    expect(await figures()).toEqual([[1, '0.00003', '0.00003', 'estimate', 'unknown_to_provider']]);
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.00003', leased: '0' });
  });

  it('with a cost alone moves what we owe, not what the tenant pays', async () => {
    play(200, { id: 'gen-1', total_cost: 0.00005, native_tokens_prompt: null });
    await cutStream();
    const [, better] = await reconcile();
    expect(better).toEqual([2, '0.00003', '0.00005', 'provider_report', null]);
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('of an organization with its own key is asked for with that key', async () => {
    play(200, GENERATION);
    const credential = await insertKey(organization, 'openrouter', 'sk-own');
    await cutStream({ credential }, false);
    const [, better] = await reconcile();
    expect(better).toEqual([2, '0.00004', '0', 'provider_report', null]);
    expect(asked()[0]?.headers['authorization']).toBe('Bearer sk-own');
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0' });
  });

  it.each([
    ['whose key is gone', { credential: 'crd_gone' }, 'credential_gone'],
    ['that had no name yet', { upstreamId: null }, 'no_provider_report'],
  ])('%s keeps its estimate', async (_which, more, reason) => {
    play(200, GENERATION);
    await cutStream(more);
    expect(await reconcile()).toEqual([[1, '0.00003', '0.00003', 'estimate', reason]]);
    expect(asked()).toEqual([]);
    expect(await quotaOf(rows, wallet)).toMatchObject({ leased: '0' });
  });

  it('is asked for with no other organization’s key', async () => {
    play(200, GENERATION);
    await makeTenant(rows, `other_${tenant}`);
    const credential = await insertKey(`org_other_${tenant}`, 'openrouter', 'sk-other');
    await cutStream({ credential });
    expect((await reconcile())[0]?.[4]).toBe('credential_gone');
    expect(asked()).toEqual([]);
  });

  it('whose key is refused keeps its estimate', async () => {
    play(401);
    await cutStream();
    expect((await reconcile())[0]?.[4]).toBe('provider_refused');
  });
});
