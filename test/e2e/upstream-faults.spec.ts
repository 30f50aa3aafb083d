import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { requestRowBySource } from '../support/admin-client.js';
import {
  chatBody,
  expectCostsToAddUp,
  expectErrorBody,
  postChat,
  readStream,
  type RawAnswer,
  type StreamText,
} from '../support/chat-client.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

const pingInterval = 100;
/** Longer than a busy machine may stop a healthy stream, and than several pings. */
const patience = 1_500;

/** [status of the provider, ours, our code, the provider's words go to the client] */
const statuses: readonly (readonly [number, number, string, boolean])[] = [
  [400, 400, 'invalid_parameter', true],
  [422, 400, 'invalid_parameter', true],
  [413, 413, 'request_too_large', true],
  [401, 502, 'upstream_auth_failed', false],
  [403, 502, 'upstream_auth_failed', false],
  [404, 502, 'upstream_model_missing', false],
  [429, 429, 'upstream_rate_limited', true],
  [500, 502, 'upstream_error', false],
  [503, 503, 'overloaded', false],
  [529, 503, 'overloaded', false],
];

describe.each(['on', 'off'])('an upstream, HOT_LANE=%s', (lane) => {
  let gateway: TestGateway;
  let calls = 0;

  beforeAll(async () => {
    gateway = await startGateway({
      environment: {
        HOT_LANE: lane,
        PING_INTERVAL_MS: String(pingInterval),
        UPSTREAM_HEADERS_TIMEOUT_MS: String(patience),
        UPSTREAM_FIRST_TOKEN_TIMEOUT_MS: String(patience),
        UPSTREAM_IDLE_TIMEOUT_MS: String(patience),
        CALL_TIMEOUT_MS: String(2 * patience),
      },
    });
  });
  afterAll(() => gateway.stop());

  /** Asks, and gives beside the answer the name under which the log has the call. */
  async function ask(
    prompt: string,
    stream: boolean,
    fields: object = {},
  ): Promise<RawAnswer & { source: string }> {
    const source = `call-${++calls}`;
    const body = chatBody(prompt, { ...fields, ...(stream ? { stream } : {}) });
    // Each failure is to be seen as it is, and not what comes of asking once more.
    const headers = { 'x-source': source, 'x-no-fallback': '1' };
    return { ...(await postChat(gateway, body, headers)), source };
  }

  /** What a stream held that broke off: nothing made up, and the reason as its last frame. */
  function expectBrokenOff(text: string): StreamText & { code: string } {
    const stream = readStream(text);
    expect(stream.done).toBe(false);
    const { code } = expectErrorBody(stream.frames.at(-1) ?? '');
    const chunks = stream.frames.slice(0, -1).map((frame) => JSON.parse(frame));
    expect(chunks.flatMap(({ choices }) => choices[0].finish_reason ?? [])).toEqual([]);
    expect(chunks.filter(({ usage }) => usage)).toEqual([]);
    return { ...stream, code };
  }

  const contentOf = ({ frames }: StreamText): string =>
    frames.map((frame) => JSON.parse(frame).choices?.[0]?.delta.content ?? '').join('');

  function describeDeadline(): void {
    it('that stops in the middle of an answer: 504 when the time of the call is up', async () => {
      const answer = await ask('[[id=half stall=0]]', false);
      expect([answer.status, expectErrorBody(answer.text).code]).toEqual([504, 'upstream_timeout']);
      await gateway.sandbox.waitFor(({ id, aborted }) => id === 'half' && aborted);
    });

    it('that streams on when the time of the call is up: what came is paid as an estimate', async () => {
      const answer = await ask('[[tokens=1000 rate=20]]', true);
      const broken = expectBrokenOff(answer.text);
      expect(broken.code).toBe('upstream_timeout');
      const row = await requestRowBySource(gateway, answer.source);
      expect(row).toMatchObject({ outcome: 'interrupted', cost_basis: 'estimated' });
      const pieces = contentOf(broken).split(' ').length;
      // Tokens are estimated from the length of what came.
      expect(row['completion_tokens']).toBeGreaterThan(0.5 * pieces);
      expect(row['completion_tokens']).toBeLessThan(3 * pieces);
      expect(Number(row['cost_usd'])).toBeGreaterThan(0);
    });
  }

  describe.each([
    ['asked for an answer', false],
    ['asked for a stream', true],
  ])('%s', (_name, stream) => {
    it.each(statuses)('that answers %i: %i %s', async (upstream, status, code, shown) => {
      const answer = await ask(`[[error=${upstream}]]`, stream);
      expect(answer.status).toBe(status);
      const error = expectErrorBody(answer.text);
      expect(error.code).toBe(code);
      expect(/rate limit reached|is invalid|could not be|maximum size/i.test(error.message)).toBe(
        shown,
      );
      expect(await requestRowBySource(gateway, answer.source)).toMatchObject({
        outcome: 'failed',
        status,
        error_code: code,
        cost_usd: '0',
        attempts: [{ provider: 'sandbox', status, reason: code }],
      });
    });

    it('tells when to come back, at least a second from now', async () => {
      const told = await ask('[[error=429 retry_after=12]]', stream);
      expect(told.headers.get('retry-after')).toBe('12');
      const untold = await ask('[[error=503]]', stream);
      expect(untold.headers.get('retry-after')).toBe('1');
    });

    it('whose model’s context is too short for the request', async () => {
      const answer = await ask('[[error=400 code=context_length_exceeded]]', stream);
      expect([answer.status, expectErrorBody(answer.text).code]).toEqual([
        400,
        'context_length_exceeded',
      ]);
    });

    it.each(['html', 'empty', 'brokenjson', 'brokensse'])(
      'that answers %s: 502 upstream_error',
      async (garbage) => {
        const answer = await ask(`[[garbage=${garbage}]]`, stream);
        expect(answer.status).toBe(502);
        expect(expectErrorBody(answer.text)).toMatchObject({ code: 'upstream_error', param: null });
        expect(answer.text).not.toMatch(/nginx|<html|sandbox-broken/);
        expect(await requestRowBySource(gateway, answer.source)).toMatchObject({
          outcome: 'failed',
          status: 502,
          cost_usd: '0',
        });
      },
    );

    it('that breaks off before any content: 502 upstream_error', async () => {
      const answer = await ask('[[cut=0]]', stream);
      expect([answer.status, expectErrorBody(answer.text).code]).toEqual([502, 'upstream_error']);
    });

    it('that tells no usage: an estimate, and it says so', async () => {
      const answer = await ask('[[no_usage=1 tokens=40]] Count for yourself', stream);
      const last = stream ? readStream(answer.text).frames.at(-1) : answer.text;
      const total = expectCostsToAddUp(last ?? '');
      expect(total).toBeGreaterThan(0n);
      expect(JSON.parse(last ?? '').metadata.cost_basis).toBe('estimated');
      expect(await requestRowBySource(gateway, answer.source)).toMatchObject({
        outcome: 'completed',
        cost_basis: 'estimated',
      });
    });

    it('that tells no usage is estimated at no more output than was asked for', async () => {
      const answer = await ask('[[no_usage=1 tokens=40]]', stream, { max_tokens: 40 });
      expect(await requestRowBySource(gateway, answer.source)).toMatchObject({
        cost_basis: 'estimated',
        completion_tokens: 40,
      });
    });
  });

  describe('that fails inside a stream', () => {
    it.each([
      ['breaks off', 'cut=5', 'upstream_error'],
      ['sends an error', 'error_after=5', 'upstream_error'],
      ['goes silent', 'stall=5', 'upstream_timeout'],
    ])('%s: the error comes in the stream', async (_name, directive, code) => {
      const answer = await ask(`[[tokens=50 ${directive}]]`, true);
      expect(answer.status).toBe(200);
      const broken = expectBrokenOff(answer.text);
      expect(broken.code).toBe(code);
      expect(contentOf(broken).split(' ')).toHaveLength(5);
      expect(await requestRowBySource(gateway, answer.source)).toMatchObject({
        outcome: 'interrupted',
        status: 200,
        error_code: code,
        finish_reason: null,
        cost_usd: '0',
      });
    });

    it('goes silent before its first content: the connection was kept open by pings', async () => {
      const answer = await ask('[[stall=0]]', true);
      expect(answer.status).toBe(200);
      const broken = expectBrokenOff(answer.text);
      expect(broken.code).toBe('upstream_timeout');
      expect(broken.frames).toHaveLength(1);
      expect(broken.comments).toBeGreaterThan(1);
    });
  });

  // Takes the whole time of a call, and is below the lane.
  if (lane === 'on') describeDeadline();

  describe('that takes its time', () => {
    it('is waited for with pings, which are comments', async () => {
      const { text, status } = await ask(`[[latency=${5 * pingInterval} tokens=3]]`, true);
      const stream = readStream(text);
      expect([status, stream.done]).toEqual([200, true]);
      expect(stream.comments).toBeGreaterThan(0);
      expect(text.indexOf(': ping\n\n')).toBeLessThan(text.indexOf('data: '));
      expect(contentOf(stream).split(' ')).toHaveLength(3);
    });

    it('and then fails: the error comes in the stream, for the status is gone', async () => {
      const answer = await ask(`[[latency=${5 * pingInterval} error=503]]`, true);
      expect(answer.status).toBe(200);
      expect(expectBrokenOff(answer.text)).toMatchObject({ code: 'overloaded' });
      expect(await requestRowBySource(gateway, answer.source)).toMatchObject({
        outcome: 'failed',
        error_code: 'overloaded',
        cost_usd: '0',
      });
    });

    it('is sent no pings while content comes', async () => {
      const { text } = await ask('[[tokens=40 rate=50]]', true);
      expect(readStream(text)).toMatchObject({ done: true, comments: 0 });
    });
  });

  it('leaves nothing of it in the log but what it was', () => {
    expect(gateway.logs()).not.toMatch(/internal_error|unhandled/);
    expect(gateway.logs()).not.toContain(gateway.apiKey);
  });
});
