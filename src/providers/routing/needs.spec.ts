import { describe, expect, it } from '@jest/globals';
import { makeOffer } from '../../../test/support/catalogue.js';
import type { ChatMessage, ChatRequest } from '../../core/chat.js';
import { lackOf, needsOf } from './needs.js';

const user = (content: unknown) => ({ role: 'user', content }) as ChatMessage;
const ask = (more: Partial<ChatRequest>): ChatRequest => ({ model: 'm', messages: [], ...more });

describe('needsOf', () => {
  it('finds every kind of input, in any message', () => {
    const messages = [
      user('text'),
      user([
        { type: 'text', text: '' },
        { type: 'image_url', image_url: { url: '' } },
      ]),
      user([
        { type: 'input_audio' },
        { type: 'file' },
        { type: 'video_url' },
        { type: 'constructor' },
      ]),
      { role: 'assistant', content: null } as ChatMessage,
    ];
    expect([...needsOf(ask({ messages })).modalities]).toEqual(['image', 'audio', 'file', 'video']);
  });

  it('an empty list of tools needs none', () => {
    expect(needsOf(ask({ tools: [] })).tools).toBe(false);
    expect(needsOf(ask({ tools: [{ type: 'x' }] })).tools).toBe(true);
  });

  it('only json_schema needs a schema', () => {
    expect(needsOf(ask({ response_format: { type: 'json_object' } })).jsonSchema).toBe(false);
    const response_format = { type: 'json_schema', json_schema: { name: 'n' } } as const;
    expect(needsOf(ask({ response_format })).jsonSchema).toBe(true);
  });
});

describe('lackOf', () => {
  const tools = needsOf(ask({ tools: [{ type: 'x' }] }));
  const offer = (more: { tools?: boolean }) =>
    makeOffer('p', 'm', {
      capabilities: { inputModalities: ['text'], outputModalities: [], ...more },
    });

  it('counts only what is known to be missing', () => {
    expect(lackOf(offer({}), tools)).toBeUndefined();
    expect(lackOf(offer({ tools: true }), tools)).toBeUndefined();
    expect(lackOf(offer({ tools: false }), tools)).toBe('does not call tools');
    expect(lackOf(offer({ tools: false }), needsOf(ask({})))).toBeUndefined();
  });

  it('names the input that is not taken', () => {
    const needs = needsOf(ask({ messages: [user([{ type: 'input_audio' }])] }));
    expect(lackOf(offer({}), needs)).toBe('does not take audio input');
  });
});
