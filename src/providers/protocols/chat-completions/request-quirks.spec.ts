import { describe, expect, it } from '@jest/globals';
import type { ChatMessage, ChatRequest } from '../../../core/chat.js';
import type { Quirks } from '../../../core/provider.js';
import { makeTarget } from '../../../../test/support/target.js';
import { toUpstreamRequest, unsupportedValues } from './request.js';

const HELLO: ChatMessage = { role: 'user', content: 'Hello' };

function bodyOf(request: Partial<ChatRequest>, quirks: Quirks = {}) {
  const target = makeTarget({ upstreamModel: 'native-name', provider: { quirks } });
  const whole = { model: 'ours', messages: [HELLO], ...request } as ChatRequest;
  return toUpstreamRequest(whole, target).body;
}

describe('calls of tools in a stream', () => {
  const tools = [{ type: 'function' as const, function: { name: 'tide' } }];
  const quirks: Quirks = { toolStreamField: 'tool_stream' };

  it('are asked for as they are written where the provider must be asked', () => {
    expect(bodyOf({ stream: true, tools }, quirks)).toMatchObject({ tool_stream: true });
    expect(bodyOf({ stream: true, tools, tool_stream: false }, quirks)).toMatchObject({
      tool_stream: false,
    });
  });

  it.each([[{ stream: true }], [{ tools }], [{ stream: false, tools }]])(
    'are not asked for by %j',
    (request) => expect(bodyOf(request, quirks)).not.toHaveProperty('tool_stream'),
  );
});

describe('values that a provider does not know', () => {
  const refusals = (request: Partial<ChatRequest>, quirks: Quirks) =>
    unsupportedValues(
      { model: 'm', messages: [HELLO], ...request },
      makeTarget({ provider: { quirks } }),
    );

  it('are choices of a tool other than its own', () => {
    const quirks: Quirks = { toolChoices: ['auto', 'function'] };
    expect(refusals({ tool_choice: 'required' }, quirks)).toEqual(['tool_choice']);
    expect(refusals({ tool_choice: 'auto' }, quirks)).toEqual([]);
    const one = { type: 'function', function: { name: 'tide' } } as const;
    expect(refusals({ tool_choice: one }, quirks)).toEqual([]);
    expect(refusals({ tool_choice: one }, { toolChoices: ['auto'] })).toEqual(['tool_choice']);
    expect(refusals({ tool_choice: 'required' }, {})).toEqual([]);
  });

  it('are temperatures above its highest', () => {
    expect(refusals({ temperature: 1.2 }, { highestTemperature: 1 })).toEqual(['temperature']);
    expect(refusals({ temperature: 1 }, { highestTemperature: 1 })).toEqual([]);
    expect(refusals({ temperature: 2 }, {})).toEqual([]);
  });
});
