import { describe, expect, it } from '@jest/globals';
import type { ChatMessage } from '../../core/chat.js';
import { queryOf } from './query.js';

const user = (content: ChatMessage['content']): ChatMessage => ({
  role: 'user',
  content: content ?? '',
});

describe('queryOf', () => {
  it('is what the user wrote last, in one line', () => {
    const messages: ChatMessage[] = [
      { role: 'system', content: 'Be brief.' },
      user('First'),
      { role: 'assistant', content: 'Yes?' },
      user('  Who\n\nwon\u0000 \u202eit\u200b? '),
      { role: 'tool', tool_call_id: 'x', content: 'a result' },
    ];
    expect(queryOf(messages)).toBe('Who won it ?');
  });

  it('is made of the parts that are text', () => {
    const image = { type: 'image_url' as const, image_url: { url: 'https://a.example/x.png' } };
    expect(
      queryOf([user([image, { type: 'text', text: 'What' }, { type: 'text', text: 'is it' }])]),
    ).toBe('What is it');
    expect(queryOf([user([image])])).toBe('');
  });

  it.each([[[]], [[{ role: 'system' as const, content: 'x' }]], [[user('  ')]]])(
    'is empty for %j',
    (messages) => {
      expect(queryOf(messages)).toBe('');
    },
  );

  it('has at most fifty words and four hundred characters, cut between words', () => {
    expect(queryOf([user('word '.repeat(80))])).toBe('word '.repeat(50).trim());
    const long = queryOf([user('elevenchars '.repeat(45))]);
    expect(long).toBe('elevenchars '.repeat(33).trim());
    expect(queryOf([user('😀'.repeat(500))])).toBe('😀'.repeat(200));
    expect(queryOf([user('x'.repeat(10_000_000))])).toBe('x'.repeat(400));
  });
});
