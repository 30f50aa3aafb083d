import { describe, expect, it } from '@jest/globals';
import { makeTarget } from '../../test/support/target.js';
import { GatewayError } from '../core/errors.js';
import type { Plan, TargetHealthService } from '../providers/index.js';
import type { Admission } from './admission.js';
import { CallSignal } from './call-signal.js';
import type { Call } from './call.js';
import { PlanChoiceService } from './plan-choice.service.js';
import type { SearchStepService } from './web-search/index.js';

describe('PlanChoiceService', () => {
  it('repeats a plan without what a search found for it', async () => {
    const health = { choose: () => undefined, mayRepeat: () => true };
    const choice = new PlanChoiceService(
      health as unknown as TargetHealthService,
      {} as SearchStepService,
    );
    const request = { model: 'm', messages: [{ role: 'user' as const, content: 'Who?' }] };
    const plan: Plan = {
      target: makeTarget(),
      protocol: {} as Plan['protocol'],
      request,
      dropped: [],
    };
    const asked = { ...plan, request: { ...request, messages: [] } };
    const call = { signal: new CallSignal(), context: { allowFallback: true } } as Call;
    const admission = { plans: [plan], account: { attempts: [{}] } } as unknown as Admission;
    const next = await choice.after(asked, new GatewayError('upstream_error'), call, admission);
    expect(next).toBe(plan);
  });
});
