import { describe, expect, it } from '@jest/globals';
import type { CloseRecordService, JournalWriter } from '../billing/index.js';
import { GatewayError } from '../core/errors.js';
import type { MetricsService } from '../platform/telemetry/metrics.service.js';
import type { Plan } from '../providers/index.js';
import { makePrincipal } from '../../test/support/principal.js';
import { makeTarget } from '../../test/support/target.js';
import { CallAccount } from './call-account.service.js';
import { CallSignal } from './call-signal.js';
import type { Call } from './call.js';

const call: Call = {
  id: 'tx_osm_1',
  endpoint: 'chat.completions',
  principal: makePrincipal(),
  request: { model: 'm', messages: [{ role: 'user', content: 'x' }] },
  context: { clientRequestId: null, source: null, sessionId: null, tags: {}, allowFallback: true },
  startedAt: 0,
  startedTick: 0,
  signal: new CallSignal(),
};

const identity = {
  organization: 'org_1',
  project: 'prj_1',
  key: 'key_1',
  member: null,
  multiplier: '1',
  endpoint: 'chat.completions',
  stream: false,
  requestedModel: 'm',
  requestedProvider: null,
  source: null,
  session: null,
  clientRequestId: null,
  tags: {},
  startedAt: 0,
};

describe('the account of a call', () => {
  it('gives the hold back when the disk does not take the open record', async () => {
    const released: bigint[] = [];
    const hold = { amount: 5n, release: (spent: bigint) => void released.push(spent) };
    const full = { append: () => Promise.reject(new GatewayError('ledger_unavailable')) };
    const account = new CallAccount(call, identity, hold, {
      journal: full as unknown as JournalWriter,
      closes: {} as CloseRecordService,
      metrics: {} as MetricsService,
    });
    const plan = {
      target: makeTarget(),
      protocol: {} as Plan['protocol'],
      request: call.request,
      dropped: [],
    };
    await expect(account.begin(plan)).rejects.toMatchObject({ code: 'ledger_unavailable' });
    expect(released).toEqual([0n]);
  });
});
