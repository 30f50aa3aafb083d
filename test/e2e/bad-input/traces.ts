import { describe, expect, it } from '@jest/globals';
import { chatBody, postChat } from '../../support/chat-client.js';
import type { BadCaller } from './bad-caller.js';

/** What labels there may be, those of Node's own metrics among them. */
const LABELS = new Set([
  ...['endpoint', 'provider', 'model', 'outcome', 'kind', 'invariant', 'le', 'quantile'],
  ...['type', 'space', 'version', 'major', 'minor', 'patch'],
]);
/** A terminal would be cleared and coloured by it, and a log of lines would get one more. */
const HOSTILE = '\u001b[2J\u001b[31m\r\n{"level":60,"msg":"forged"}\u009b1m\u2028';

/** What a hostile caller leaves behind. */
export function describeTraces(caller: () => BadCaller): void {
  describe('leaves behind', () => {
    describeLog(caller);
    describeMetrics(caller);
  });
}

function describeLog(caller: () => BadCaller): void {
  it('no line in the log that is not ours', async () => {
    const { gateway } = caller();
    const fields = { user: HOSTILE, metadata: { a: HOSTILE }, x: HOSTILE };
    const headers = {
      'user-agent': '\u009b31mevil',
      'x-source': '\u009b31m',
      'x-session-id': 'a\tb',
    };
    await postChat(gateway, chatBody(`[[error=503]] ${HOSTILE}`, fields), headers);
    await postChat(gateway, chatBody('Hi', { model: `openai/${HOSTILE}` }), headers);
    await fetch(`${gateway.url}/v1/models/${encodeURIComponent(HOSTILE)}`, {
      headers: { authorization: `Bearer ${gateway.apiKey}` },
    });
    const lines = gateway.logs().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines.filter((text) => text !== '')) {
      expect(Object.keys(JSON.parse(line))).toEqual(
        expect.arrayContaining(['level', 'time', 'msg']),
      );
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      expect(JSON.parse(line).msg).not.toBe('forged');
    }
  });
}

function describeMetrics(caller: () => BadCaller): void {
  /** Names and labels of the series, without their figures. */
  async function series(): Promise<readonly string[]> {
    const text = await (await fetch(`${caller().gateway.url}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return lines.map((line) => line.replace(/ \S+$/, ''));
  }
  /** Those of calls; Node's own come and go. */
  const ofCalls = (names: readonly string[]): ReadonlySet<string> =>
    new Set(names.filter((name) => /^osm_(calls_total|tokens|cost|call_|time_)/.test(name)));

  /** A call to a model that is there, and one that is not, as odd as can be. */
  async function callOddly(at: number): Promise<void> {
    const { gateway } = caller();
    const headers = { 'x-source': `odd-${at}`, 'x-osm-tag-odd': `odd-${at}` };
    const fields = { user: `odd-${at}` };
    await postChat(gateway, chatBody('Hi', { ...fields, model: `odd-model-${at}` }), headers);
    await postChat(gateway, chatBody('Hi', fields), headers);
  }

  it('no label of its own in the metrics, and no secret', async () => {
    await callOddly(0);
    const before = ofCalls(await series());
    for (let at = 1; at <= 20; at++) await callOddly(at);
    const after = await series();
    expect(ofCalls(after)).toEqual(before);
    const labels = after.flatMap((line) =>
      [...line.matchAll(/[{,](\w+)="/g)].map(([, name = '']) => name),
    );
    expect(labels.length).toBeGreaterThan(10);
    expect(labels.filter((name) => !LABELS.has(name))).toEqual([]);
    const { apiKey, adminToken } = caller().gateway;
    for (const secret of [apiKey, adminToken, 'odd', 'evil'])
      expect(after.join('\n')).not.toContain(secret);
  });
}
