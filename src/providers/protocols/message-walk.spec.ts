import { describe, expect, it } from '@jest/globals';
import type { ChatMessage, ChatRole } from '../../core/chat.js';
import { writeMessages } from './message-walk.js';

const ROLES: Readonly<Record<ChatRole, string>> = {
  system: 'S',
  developer: 'D',
  user: 'U',
  assistant: 'A',
  tool: 'T',
  function: 'F',
};
const walk = (...messages: object[]) =>
  writeMessages(messages as ChatMessage[], ROLES, (writer, _message, callId, index) =>
    [index, writer, callId].join(' '),
  );

describe('writing messages', () => {
  it('goes through them in turn, each by the writer of its role', () => {
    expect(walk({ role: 'system' }, { role: 'user' }, { role: 'tool' })).toEqual([
      '0 S ',
      '1 U ',
      '2 T ',
    ]);
  });

  it('gives an old function message the id of the newest call before it', () => {
    const call = { role: 'assistant', function_call: { name: 'f' } };
    const result = { role: 'function', name: 'f' };
    expect(walk(result, call, result, { role: 'user' }, call, result)).toEqual([
      '0 F ',
      '1 A call_1',
      '2 F call_1',
      '3 U call_1',
      '4 A call_4',
      '5 F call_4',
    ]);
  });

  it.each(['critic', 'constructor'])('names the role %s that nobody can write', (role) => {
    expect(() => walk({ role: 'user' }, { role })).toThrow(
      expect.objectContaining({ code: 'invalid_parameter', param: 'messages[1].role' }),
    );
  });
});
