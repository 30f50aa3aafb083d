import { describe, expect, it } from '@jest/globals';
import { MetricsService } from './metrics.service.js';

describe('the metrics', () => {
  it('tell models beyond ten thousand as one', async () => {
    const metrics = new MetricsService();
    const call = {
      ...{ endpoint: 'chat', provider: 'p', outcome: 'completed', durationMs: 1, cost: '0' },
      ...{ timeToFirstTokenMs: undefined, promptTokens: 1, completionTokens: 1 },
    };
    for (let at = 0; at < 10_250; at++) metrics.ended({ ...call, model: `m-${at}` });
    metrics.ended({ ...call, model: 'm-0' });
    const { values } = (await metrics.registry.getSingleMetric('osm_calls_total')?.get()) ?? {
      values: [],
    };
    expect(values).toHaveLength(10_001);
    const countOf = (model: string): unknown =>
      values.find(({ labels }) => labels['model'] === model)?.value;
    expect([countOf('m-0'), countOf('other')]).toEqual([2, 250]);
  });
});
