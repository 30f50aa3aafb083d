import { describe, expect, it } from '@jest/globals';
import { makePrincipal } from '../../test/support/principal.js';
import type { BodyStore, CallContent } from '../billing/index.js';
import { GatewayError } from '../core/errors.js';
import type { Retention } from '../core/principal.js';
import { CallBodiesService } from './call-bodies.service.js';
import { CallSignal } from './call-signal.js';
import {
  CLIENT_GONE,
  type AnswerHeader,
  type Call,
  type ClientStream,
  type CompletedAnswer,
} from './call.js';

const request = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }] };

function callOf(retention: Retention): Call {
  return {
    id: 'tx_osm_1',
    endpoint: 'chat.completions',
    principal: makePrincipal({ retention }),
    request,
    context: {
      clientRequestId: null,
      source: null,
      sessionId: null,
      tags: {},
      allowFallback: true,
    },
    startedAt: 1_000,
    startedTick: 0,
    signal: new CallSignal(),
  };
}

/** The service, and what it handed over. */
function bodies() {
  const kept: { owner: unknown; content: CallContent }[] = [];
  const store = {
    keep: (owner: unknown, content: CallContent) => void kept.push({ owner, content }),
  };
  return { kept, service: new CallBodiesService(store as unknown as BodyStore) };
}

/** A client that takes everything; what it was given is in `sent`. */
function clientOf(sent: string[]): ClientStream {
  return {
    isOpen: true,
    isFull: true,
    onDrain: (listener) => listener(),
    write: (chunk) => sent.push(JSON.stringify(chunk)),
    writeFields: (fields) => sent.push(fields),
    flush: () => sent.push('flush'),
    ping: () => sent.push('ping'),
    finish: () => sent.push('finish'),
    fail: (error) => sent.push(error.code),
  };
}

const answer = { completion: { choices: [] }, facts: {} } as unknown as CompletedAnswer;
const header = { callId: 'tx_osm_1' } as AnswerHeader;
const owner = { callId: 'tx_osm_1', organizationId: 'org_1', startedAt: 1_000 };

describe('what is kept of a call', () => {
  it.each(['none', 'metadata'] as const)('is nothing with retention %s', async (retention) => {
    const { kept, service } = bodies();
    const sent: string[] = [];
    const client = clientOf(sent);
    expect(await service.whole(callOf(retention), () => Promise.resolve(answer))).toBe(answer);
    await service.streamed(callOf(retention), client, (seen) => {
      expect(seen).toBe(client);
      return Promise.resolve();
    });
    expect(kept).toEqual([]);
  });

  it('is request and answer, where it came in one piece', async () => {
    const { kept, service } = bodies();
    expect(await service.whole(callOf('full'), () => Promise.resolve(answer))).toBe(answer);
    const content = { request, answer: answer.completion, error: null, truncated: false };
    expect(kept).toEqual([{ owner, content }]);
  });

  it('is request and error, where it failed', async () => {
    const { kept, service } = bodies();
    const error = new GatewayError('upstream_timeout', { detail: 'secret' });
    const failing = service.whole(callOf('full'), () => Promise.reject(error));
    await expect(failing).rejects.toBe(error);
    const unknown = service.whole(callOf('full'), () => Promise.reject(new Error('secret')));
    await expect(unknown).rejects.toThrow('secret');
    expect(kept.map(({ content }) => content)).toEqual([
      { request, answer: null, error: error.toBody().error, truncated: false },
      {
        request,
        answer: null,
        error: expect.objectContaining({ code: 'internal_error' }),
        truncated: false,
      },
    ]);
    expect(JSON.stringify(kept)).not.toContain('secret');
  });

  it('is the stream put together, which passes to the client unchanged', async () => {
    const { kept, service } = bodies();
    const sent: string[] = [];
    await service.streamed(callOf('full'), clientOf(sent), (client) => {
      expect([client.isOpen, client.isFull]).toEqual([true, true]);
      client.onDrain(() => sent.push('drained'));
      client.write(
        { choices: [{ index: 0, delta: { content: 'He' }, finish_reason: null }] },
        header,
      );
      client.writeFields(
        '"choices":[{"index":0,"delta":{"content":"llo"},"finish_reason":null}]',
        header,
      );
      client.flush();
      client.ping(header);
      client.finish({} as never);
      return Promise.resolve();
    });
    expect(sent).toEqual([
      'drained',
      expect.stringContaining('"He"'),
      expect.stringContaining('"llo"'),
      'flush',
      'ping',
      'finish',
    ]);
    expect(kept[0]?.content).toMatchObject({
      request,
      answer: { choices: [{ message: { role: 'assistant', content: 'Hello' } }] },
      error: null,
      truncated: false,
    });
  });

  it('is as much of a stream as came, with the error that ended it', async () => {
    const { kept, service } = bodies();
    const sent: string[] = [];
    const failed = new GatewayError('upstream_timeout');
    const write = (client: ClientStream) =>
      client.write(
        { choices: [{ index: 0, delta: { content: 'He' }, finish_reason: null }] },
        header,
      );
    await service.streamed(callOf('full'), clientOf(sent), (client) => {
      write(client);
      client.fail(failed);
      return Promise.resolve();
    });
    const left = service.streamed(callOf('full'), clientOf(sent), (client) => {
      write(client);
      return Promise.reject(CLIENT_GONE);
    });
    await expect(left).rejects.toBe(CLIENT_GONE);
    const refused = service.streamed(callOf('full'), clientOf(sent), () => Promise.reject(failed));
    await expect(refused).rejects.toBe(failed);
    const error = failed.toBody().error;
    expect(kept.map(({ content }) => [content.answer === null, content.error])).toEqual([
      [false, error],
      [false, null],
      [true, error],
    ]);
  });
});
