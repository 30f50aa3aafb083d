import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startDatabaseProxy, type DatabaseProxy } from '../support/database-proxy.js';
import { close, type LeaseProcess, useOf } from '../support/lease-process.js';
import { LeaseStage } from '../support/lease-stage.js';
import { giveCredit, makeTenant, until } from '../support/tenant.js';

let stage: LeaseStage;
let gateway: LeaseProcess;
let proxy: DatabaseProxy | undefined;

beforeAll(async () => {
  stage = await LeaseStage.start();
});
afterAll(() => stage.stop());
beforeEach(async () => {
  await stage.begin();
  gateway = await stage.startProcess();
});
afterEach(async () => {
  proxy?.mend();
  await stage.end();
  await proxy?.close();
  proxy = undefined;
});

const authorize = (usd: string) => gateway.authorize(stage.name, usd);
const refused = (usd: string) =>
  expect(authorize(usd)).rejects.toMatchObject({ status: 402, code: 'insufficient_credits' });

describe('the end of a call', () => {
  it('gives back what it did not cost, so that the whole balance can be spent', async () => {
    await stage.giveCredit('1');
    const entries = close(gateway, await authorize('1'), useOf('0.4'));
    expect(entries).toEqual([[`credit:org_${stage.name}`, 0, '1', '0.4']]);
    await authorize('0.6');
    await refused('0.000000000001');
  });

  it('as an estimate keeps the rest set aside', async () => {
    await stage.giveCredit('1');
    const entries = close(gateway, await authorize('0.9'), useOf('0.4', { isFinal: false }));
    expect(entries).toEqual([[`credit:org_${stage.name}`, 0, '0.9', '0.4', '0.4', '0.5']]);
    await authorize('0.1');
    await refused('0.000000000001');
  });

  it('that never began counts against nothing', async () => {
    await stage.giveCredit('1');
    await stage.makeQuota({ kind: 'requests_per_minute', cap: '1' });
    for (let call = 0; call < 3; call++) gateway.authorization.release(await authorize('1'));
  });
});

describe('while Postgres is away', () => {
  it.each(['cut', 'freeze'] as const)(
    '(%s) warm calls go on, cold ones wait or are told so',
    async (how) => {
      proxy = await startDatabaseProxy(stage.database.appUrl);
      const process = await stage.startProcess(proxy.url);
      await stage.giveCredit('1000');
      await makeTenant(stage.rows, `${stage.name}_cold`);
      await giveCredit(stage.rows, `${stage.name}_cold`, '1000');
      // Or it would read the new wallet a second time, and perhaps not before Postgres is away.
      await process.heard();
      const warm = await process.authorize(stage.name, '0.01');
      proxy[how]();
      const entries = close(process, warm, useOf('0.01'));
      expect(entries).toHaveLength(1);
      for (let call = 0; call < 8; call++) await process.authorize(stage.name, '0.01');
      expect(process.authorization.mayCall(warm)).toBe(true);
      const unavailable = { status: 503, code: 'ledger_unavailable', retryAfterSeconds: 1 };
      await expect(process.authorize(`${stage.name}_cold`, '0.01')).rejects.toMatchObject(
        unavailable,
      );
      // More than is in hand of a wallet that is known.
      await expect(process.authorize(stage.name, '900')).rejects.toMatchObject(unavailable);
      await expect(process.authorize(stage.name, '900')).rejects.toMatchObject(unavailable);
      proxy.mend();
      await until(() => process.authorize(`${stage.name}_cold`, '0.01').then(Boolean, () => false));
      await until(() => process.authorize(stage.name, '900').then(Boolean, () => false));
    },
  );
});
