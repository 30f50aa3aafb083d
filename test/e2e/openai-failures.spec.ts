import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI, {
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  RateLimitError,
} from 'openai';
import { requestRowBySource } from '../support/admin-client.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createTenant } from '../support/paying-tenant.js';

const model = 'sandbox-small';
type Fields = Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>;

describe('the openai package', () => {
  let gateway: TestGateway;
  let client: OpenAI;

  beforeAll(async () => {
    gateway = await startGateway();
    client = clientWith(gateway.apiKey);
  });
  afterAll(() => gateway.stop());

  function clientWith(apiKey: string, maxRetries = 0): OpenAI {
    return new OpenAI({ apiKey, baseURL: `${gateway.url}/v1`, maxRetries });
  }

  function request(content: string): {
    model: string;
    messages: { role: 'user'; content: string }[];
  } {
    return { model, messages: [{ role: 'user', content }] };
  }

  async function thrownBy(answer: Promise<unknown>): Promise<unknown> {
    return answer.then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  async function refusal(content: string, fields: Fields = {}, as = client): Promise<unknown> {
    return thrownBy(as.chat.completions.create({ ...request(content), ...fields }));
  }

  describe('throws', () => {
    it('AuthenticationError for a wrong key', async () => {
      const error = await refusal('Hi', {}, clientWith(`osm_${'0'.repeat(46)}`));
      expect(error).toBeInstanceOf(AuthenticationError);
      expect(error).toMatchObject({ status: 401, code: 'invalid_api_key', param: null });
    });

    it('RateLimitError with the provider’s own Retry-After', async () => {
      const error = await refusal('[[error=429 retry_after=7]]');
      expect(error).toBeInstanceOf(RateLimitError);
      expect(error).toMatchObject({
        status: 429,
        type: 'rate_limit_error',
        code: 'upstream_rate_limited',
      });
      expect((error as APIError<number, Headers>).headers.get('retry-after')).toBe('7');
    });

    it('BadRequestError with the path of the field', async () => {
      const error = await refusal('Hi', { temperature: 3 });
      expect(error).toBeInstanceOf(BadRequestError);
      expect(error).toMatchObject({ code: 'invalid_parameter', param: 'temperature' });
    });

    it('NotFoundError for a model that does not exist', async () => {
      const error = await refusal('Hi', { model: 'gpt-17' });
      expect(error).toBeInstanceOf(NotFoundError);
      expect(error).toMatchObject({ code: 'model_not_found', param: 'model' });
    });

    it('APIError 402 when the wallet is empty', async () => {
      const { apiKey } = await createTenant(gateway.database, { credit: '0' });
      const error = await refusal('Hi', {}, clientWith(apiKey));
      expect(error).toBeInstanceOf(APIError);
      expect(error).toMatchObject({ status: 402, code: 'insufficient_credits' });
    });

    it('an APIError for a failure inside a stream, after what came before it', async () => {
      let text = '';
      const reading = (async () => {
        const body = { ...request('[[tokens=9 error_after=4]]'), stream: true } as const;
        for await (const chunk of await client.chat.completions.create(body))
          text += chunk.choices[0]?.delta.content ?? '';
      })();
      const error = await thrownBy(reading);
      expect(error).toBeInstanceOf(APIError);
      expect(error).toMatchObject({ code: 'upstream_error', type: 'upstream_error' });
      expect(text.split(' ')).toHaveLength(4);
    });
  });

  it('repeats a request that failed by an overloaded provider, as often as it was told', async () => {
    const error = await refusal('[[id=again error=503]]', {}, clientWith(gateway.apiKey, 1));
    expect(error).toMatchObject({ status: 503, code: 'overloaded' });
    expect(gateway.sandbox.tally().filter(({ id }) => id === 'again')).toHaveLength(2);
  });

  it('does not repeat a request for which there is no credit', async () => {
    const { apiKey, organizationId } = await createTenant(gateway.database, { credit: '0' });
    await refusal('Hi', {}, clientWith(apiKey, 2));
    const rows = await eventually(
      () =>
        gateway.database.query('SELECT outcome FROM request_log WHERE organization_id = $1', [
          organizationId,
        ]),
      ({ rowCount }) => (rowCount ?? 0) > 0,
    );
    expect(rows.rows).toEqual([{ outcome: 'refused' }]);
  });

  describe('leaves', () => {
    it('in mid-stream: the upstream call ends, is billed as an estimate, and is looked at again', async () => {
      const stream = await client.chat.completions.create(
        { ...request('[[id=leaver tokens=5000 rate=50]]'), stream: true },
        { headers: { 'x-source': 'leaver' } },
      );
      let seen = 0;
      for await (const chunk of stream) {
        if (chunk.choices[0]?.delta.content) seen++;
        if (seen === 5) stream.controller.abort();
      }
      const entry = await gateway.sandbox.waitFor(({ id, aborted }) => id === 'leaver' && aborted);
      expect(entry.completionTokens).toBeLessThan(5_000);
      const row = await requestRowBySource(gateway, 'leaver');
      expect(row).toMatchObject({ outcome: 'client_gone', status: 499, cost_basis: 'estimated' });
      expect(row.completion_tokens).toBeGreaterThanOrEqual(5);
      // Counted from what was delivered, four characters a token: near the truth, not on it.
      expect(row.completion_tokens).toBeLessThanOrEqual(entry.completionTokens * 2);
      expect(Number(row.cost_usd)).toBeGreaterThan(0);
      const looked = await eventually(
        () =>
          gateway.database.query(
            'SELECT rank, reconciliation FROM usage_event WHERE call_id = $1 AND reconciled_at IS NOT NULL',
            [row.id],
          ),
        ({ rowCount }) => rowCount === 1,
      );
      expect(looked.rows).toEqual([{ rank: 'estimate', reconciliation: 'no_provider_report' }]);
    });

    it('before the first token: the upstream call ends and nothing is billed', async () => {
      const leaving = new AbortController();
      const answer = client.chat.completions.create(
        { ...request('[[id=early latency=60000]]'), stream: true },
        { headers: { 'x-source': 'early' }, signal: leaving.signal },
      );
      const refused = expect(answer).rejects.toThrow(APIUserAbortError);
      await gateway.sandbox.waitFor(({ id }) => id === 'early');
      leaving.abort();
      await refused;
      await gateway.sandbox.waitFor(({ id, aborted }) => id === 'early' && aborted);
      const row = await requestRowBySource(gateway, 'early');
      expect(row).toMatchObject({ outcome: 'client_gone', cost_usd: '0' });
    });

    it('while an answer in one piece is made: the upstream call ends and the row says so', async () => {
      const leaving = new AbortController();
      const answer = client.chat.completions.create(request('[[id=whole latency=60000]]'), {
        headers: { 'x-source': 'whole' },
        signal: leaving.signal,
      });
      const refused = expect(answer).rejects.toThrow(APIUserAbortError);
      await gateway.sandbox.waitFor(({ id }) => id === 'whole');
      leaving.abort();
      await refused;
      await gateway.sandbox.waitFor(({ id, aborted }) => id === 'whole' && aborted);
      const row = await requestRowBySource(gateway, 'whole');
      expect(row).toMatchObject({ outcome: 'client_gone', status: 499, stream: false });
    });
  });
});
