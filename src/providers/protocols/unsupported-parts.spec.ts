import { describe, expect, it } from '@jest/globals';
import type { ChatMessage, ContentPart } from '../../core/chat.js';
import { refuseUnsupportedParts, unsupportedParts } from './unsupported-parts.js';

const text: ContentPart = { type: 'text', text: 'Look.' };
const image: ContentPart = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };
const isText = ({ type }: ContentPart) => type === 'text';
const message = (content: ChatMessage['content']): ChatMessage => ({ role: 'user', content });

describe('the parts of messages that cannot be carried', () => {
  it('are named by their paths, all of them', () => {
    const messages = [message([image, text]), message('Look.'), message([text, image, image])];
    expect(unsupportedParts(messages, isText)).toEqual([
      'messages[0].content[0]',
      'messages[2].content[1]',
      'messages[2].content[2]',
    ]);
  });

  it('are none where there are no parts', () => {
    expect(unsupportedParts([message('Look.'), message(null)], isText)).toEqual([]);
  });

  it('refuse their message by the first of them', () => {
    expect(() => refuseUnsupportedParts(message([text, image, image]), 3, isText)).toThrow(
      expect.objectContaining({
        code: 'invalid_parameter',
        param: 'messages[3].content[1]',
        message: 'This kind of content is not supported by the model.',
      }),
    );
    expect(() => refuseUnsupportedParts(message([text]), 3, isText)).not.toThrow();
  });
});
