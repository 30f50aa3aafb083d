import type {
  CallIdentity,
  Charge,
  CloseRecord,
  OpenRecord,
  ProgressRecord,
  ServedBy,
} from '../../src/billing/journal/journal-record.js';

/** When the calls of tests begin, milliseconds since the epoch. */
export const STARTED_AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

export function identityOf(more: Partial<CallIdentity> = {}): CallIdentity {
  return {
    organization: 'org_1',
    project: 'prj_1',
    key: 'key_1',
    multiplier: '1',
    endpoint: 'chat.completions',
    stream: false,
    requestedModel: 'm',
    tags: {},
    startedAt: STARTED_AT,
    ...more,
  };
}

const SERVED: ServedBy = {
  provider: 'openai',
  model: 'm',
  offer: 'openai/m',
  upstreamModel: 'm-native',
  priceVersion: 'v1',
};

/** A charge of this many decimal USD. */
export function chargeOf(amount: string, more: Partial<Charge> = {}): Charge {
  return {
    units: { promptTokens: 10, completionTokens: 5 },
    lines: [{ meter: 'input', quantity: 10, amount }],
    amount,
    providerCost: amount,
    charged: true,
    rank: 'final',
    ...more,
  };
}

export function openOf(call: string, more: Partial<OpenRecord> = {}): OpenRecord {
  return {
    type: 'open',
    call,
    identity: identityOf(),
    served: SERVED,
    charged: true,
    holds: [],
    ...more,
  };
}

export function progressOf(call: string, amount: string): ProgressRecord {
  return { type: 'progress', call, charge: chargeOf(amount, { rank: 'progress' }) };
}

/** The end of a call that cost `amount` decimal USD. */
export function closeOf(
  call: string,
  amount = '0.001',
  more: Partial<CloseRecord> = {},
): CloseRecord {
  return {
    type: 'close',
    call,
    identity: identityOf(),
    served: SERVED,
    charge: chargeOf(amount),
    quotas: [],
    outcome: 'completed',
    status: 200,
    finishReason: 'stop',
    upstreamId: 'up-1',
    attempts: [{ provider: 'openai', status: 200, reason: 'ok' }],
    durationMs: 12,
    ...more,
  };
}
