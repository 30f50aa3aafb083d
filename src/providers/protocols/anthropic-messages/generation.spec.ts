import { describe, expect, it } from '@jest/globals';
import { generationOf } from './generation.js';

describe('generationOf', () => {
  it.each([
    ['claude-3-5-haiku-20241022', 'none', 'omit'],
    ['claude-3-opus-20240229', 'none', 'omit'],
    ['claude-3-7-sonnet-20250219', 'budget', 'omit'],
    ['claude-sonnet-4-20250514', 'budget', 'omit'],
    ['claude-sonnet-4@20250514', 'budget', 'omit'],
    ['us.anthropic.claude-opus-4-1-20250805-v1:0', 'budget', 'omit'],
    ['anthropic/claude-haiku-4.5', 'budget', 'omit'],
    ['claude-opus-4-6', 'adaptive', 'omit'],
    ['claude-opus-4-8', 'adaptive', 'omit'],
    ['claude-sonnet-5', 'adaptive', 'disabled'],
    ['claude-haiku-5-5', 'adaptive', 'disabled'],
    ['claude-sonnet-5-5', 'adaptive', 'between_tools'],
    ['claude-opus-5-5', 'adaptive', 'never'],
    ['claude-fable-5', 'adaptive', 'never'],
    ['some-other-model-9', 'budget', 'omit'],
  ])('%s thinks by %s, off by %s', (name, thinking, off) => {
    expect(generationOf(name)).toMatchObject({ thinking, off });
  });

  it('knows who refuses temperatures and forced calls', () => {
    expect(generationOf('claude-opus-4-6')).toMatchObject({ sampling: true, forcedTools: true });
    expect(generationOf('claude-opus-4-7')).toMatchObject({ sampling: false, forcedTools: true });
    expect(generationOf('claude-fable-5-1')).toMatchObject({ sampling: false, forcedTools: false });
  });
});
