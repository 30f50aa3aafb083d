import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import type { LeaseRequest } from '../../src/billing/quota/lease-turn.js';
import type { Slice } from '../../src/billing/quota/slice.js';
import { parseUsd } from '../../src/core/money.js';
import { close, type LeaseProcess, useOf } from '../support/lease-process.js';
import { LeaseStage } from '../support/lease-stage.js';
import { until } from '../support/tenant.js';

let stage: LeaseStage;

beforeAll(async () => {
  stage = await LeaseStage.start();
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());
afterEach(() => stage.end());

/** A process, and what it asked for without a call that needed it. */
async function startWatched(): Promise<{ process: LeaseProcess; early: LeaseRequest[] }> {
  const process = await stage.startProcess();
  const early: LeaseRequest[] = [];
  const operate = process.client.operate.bind(process.client);
  jest.spyOn(process.client, 'operate').mockImplementation((id, request) => {
    if (request.needs.length === 0 && request.wants.length > 0) early.push(request);
    return operate(id, request);
  });
  return { process, early };
}

/** From now on Postgres answers nothing; what was asked meanwhile is given up at the end. */
function endAnswers({ client }: LeaseProcess): () => void {
  let end = (): void => undefined;
  const silence = new Promise<undefined>((resolve) => (end = () => resolve(undefined)));
  jest.spyOn(client, 'operate').mockReturnValue(silence);
  return () => end();
}

function walletOf(process: LeaseProcess): Slice {
  return process.book.sliceOf(`credit:org_${stage.name}`);
}

/** Makes a call of so many USD that costs nothing, until `what` is true. */
async function callUntil(process: LeaseProcess, usd: string, what: () => boolean): Promise<void> {
  const call = async (): Promise<boolean> => {
    close(process, await process.authorize(stage.name, usd), useOf('0'));
    return what();
  };
  await until(call, 'the end of the calls');
}

describe('a slice that runs low', () => {
  it('is filled up before a call needs it, so that calls go on without Postgres', async () => {
    await stage.giveCredit('1000');
    const { process, early } = await startWatched();
    for (let call = 0; call < 10; call++) await process.authorize(stage.name, '0.01');
    await until(() => early.length > 0, 'the question of the tick');
    await until(() => walletOf(process).inHand >= parseUsd('1'), 'its answer');
    expect(walletOf(process).isScarce).toBe(false);
    const held = parseUsd((await stage.leased()).total) - walletOf(process).inHand;
    expect(held).toBe(parseUsd('0.1'));
    const end = endAnswers(process);
    for (let call = 0; call < 100; call++) await process.authorize(stage.name, '0.01');
    end();
  });

  it('stays here while Postgres does not answer, also where no call uses it', async () => {
    await stage.giveCredit('1000');
    const process = await stage.startProcess();
    await process.authorize(stage.name, '0.01');
    const end = endAnswers(process);
    const unanswered = expect(process.authorize(stage.name, '900')).rejects.toMatchObject({
      code: 'ledger_unavailable',
    });
    const tick = jest.spyOn(process.book, 'tick');
    await until(() => tick.mock.calls.length >= 4, 'the ticks');
    expect(process.book.hasReturns).toBe(false);
    await process.authorize(stage.name, '0.01');
    await unanswered;
    end();
  });

  it('of a quota that is scarce is left to whoever needs it', async () => {
    await stage.giveCredit('0.1');
    const { process, early } = await startWatched();
    await process.authorize(stage.name, '0.01');
    expect(walletOf(process).isScarce).toBe(true);
    const tick = jest.spyOn(process.book, 'tick');
    await callUntil(process, '0.001', () => tick.mock.calls.length >= 3);
    expect(early).toEqual([]);
  });

  it('of which others ran short is scarce, until it is given in full again', async () => {
    await stage.giveCredit('1000');
    const [process, other] = [await stage.startProcess(), await stage.startProcess()];
    await process.authorize(stage.name, '1');
    const hold = await other.authorize(stage.name, '999');
    await until(() => walletOf(process).isScarce, 'the recall');
    expect((await stage.leased()).total).toBe('1000');
    close(other, hold, useOf('0'));
    await until(async () => (await stage.leased()).total === '1', 'the return');
    await process.authorize(stage.name, '1');
    expect(walletOf(process).isScarce).toBe(false);
  });
});
