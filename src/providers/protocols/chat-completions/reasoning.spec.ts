import { describe, expect, it } from '@jest/globals';
import type { ChatRequest } from '../../../core/chat.js';
import type { Quirks, ReasoningSwitch } from '../../../core/provider.js';
import { makeTarget } from '../../../../test/support/target.js';
import { reasoningFields, unsupportedReasoning } from './reasoning.js';

type Asked = Pick<ChatRequest, 'reasoning' | 'reasoning_effort'>;

const targetOf = (quirks: Quirks, reasoningEfforts?: readonly string[]) =>
  makeTarget({
    provider: { quirks },
    capabilities: reasoningEfforts ? { reasoningEfforts } : {},
  });
const requestOf = (asked: Asked): ChatRequest => ({ model: 'm', messages: [], ...asked });
const fieldsOf = (asked: Asked, quirks: Quirks = {}, efforts?: readonly string[]) =>
  reasoningFields(requestOf(asked), targetOf(quirks, efforts));
const refusalOf = (asked: Asked, quirks: Quirks = {}, efforts?: readonly string[]) =>
  unsupportedReasoning(requestOf(asked), targetOf(quirks, efforts));

const bySwitch = (form: ReasoningSwitch['form'], more: Partial<ReasoningSwitch> = {}): Quirks => ({
  reasoningSwitch: { form, ...more },
});

describe('without a switch', () => {
  it('an effort goes as it is where the levels of the model are not known', () => {
    expect(fieldsOf({ reasoning_effort: 'xhigh' })).toEqual({ reasoning_effort: 'xhigh' });
    expect(fieldsOf({ reasoning_effort: 'none' })).toEqual({ reasoning_effort: 'none' });
  });

  it.each([
    ['xhigh', ['low', 'medium', 'high'], 'high'],
    ['medium', ['high', 'low'], 'low'],
    ['minimal', ['low', 'high', 'max'], 'low'],
    ['high', ['none', 'max'], 'max'],
    ['low', ['none', 'default'], 'low'],
    ['high', ['low', 'high'], 'high'],
  ] as const)('%s of %j is %s', (reasoning_effort, efforts, expected) => {
    expect(fieldsOf({ reasoning_effort }, {}, efforts)).toEqual({ reasoning_effort: expected });
  });

  it('reasoning and reasoning_effort are two words for one thing; the second one wins', () => {
    expect(fieldsOf({ reasoning: { effort: 'low' } })).toEqual({ reasoning_effort: 'low' });
    const both: Asked = { reasoning: { effort: 'low' }, reasoning_effort: 'high' };
    expect(fieldsOf(both)).toEqual({ reasoning_effort: 'high' });
  });

  it.each([[{ enabled: false }], [{ max_tokens: 0 }], [{ effort: 'none' as const }]])(
    '%j turns it off',
    (reasoning) => expect(fieldsOf({ reasoning })).toEqual({ reasoning_effort: 'none' }),
  );

  it('says nothing where the request says nothing, or no more than on', () => {
    expect(fieldsOf({})).toEqual({});
    expect(fieldsOf({ reasoning: { enabled: true } })).toEqual({});
  });

  it('a number of tokens is refused, and so is none where the model always thinks', () => {
    expect(refusalOf({ reasoning: { max_tokens: 500 } })).toBe('reasoning.max_tokens');
    expect(refusalOf({ reasoning_effort: 'none' }, {}, ['low', 'high'])).toBe('reasoning_effort');
    expect(refusalOf({ reasoning: { enabled: false } }, {}, ['low'])).toBe('reasoning');
    expect(refusalOf({ reasoning_effort: 'none' }, {}, ['none', 'low'])).toBeUndefined();
    expect(refusalOf({ reasoning_effort: 'none' })).toBeUndefined();
    expect(refusalOf({ reasoning_effort: 'low' }, {}, ['high'])).toBeUndefined();
  });
});

describe('with a switch', () => {
  it.each([
    ['thinking', { thinking: { type: 'enabled' } }, { thinking: { type: 'disabled' } }],
    ['reasoning', { reasoning: { enabled: true } }, { reasoning: { enabled: false } }],
    ['enable_thinking', { enable_thinking: true }, { enable_thinking: false }],
    [
      'chat_template_kwargs',
      { chat_template_kwargs: { enable_thinking: true, thinking: true } },
      { chat_template_kwargs: { enable_thinking: false, thinking: false } },
    ],
    [
      'chat_template_args',
      { chat_template_args: { enable_thinking: true } },
      { chat_template_args: { enable_thinking: false } },
    ],
  ] as const)('%s is turned on and off', (form, on, off) => {
    const quirks = bySwitch(form);
    expect(fieldsOf({ reasoning: { enabled: true } }, quirks)).toEqual(on);
    expect(fieldsOf({ reasoning_effort: 'medium' }, quirks)).toEqual(on);
    expect(fieldsOf({ reasoning_effort: 'none' }, quirks)).toEqual(off);
    expect(fieldsOf({}, quirks)).toEqual({});
  });

  it('the effort goes with it where the model has levels and the provider knows the field', () => {
    const asked: Asked = { reasoning_effort: 'xhigh' };
    expect(fieldsOf(asked, bySwitch('thinking'), ['none', 'low', 'high'])).toEqual({
      thinking: { type: 'enabled' },
      reasoning_effort: 'high',
    });
    const never = bySwitch('thinking', { efforts: false });
    expect(fieldsOf(asked, never, ['none', 'high'])).toEqual({ thinking: { type: 'enabled' } });
    expect(fieldsOf(asked, bySwitch('thinking', { efforts: true }))).toEqual({
      thinking: { type: 'enabled' },
      reasoning_effort: 'xhigh',
    });
  });

  it('a number of tokens goes into the field for it, where there is one', () => {
    const asked: Asked = { reasoning: { max_tokens: 500 } };
    const quirks = bySwitch('enable_thinking', { budget: 'thinking_budget' });
    expect(fieldsOf(asked, quirks)).toEqual({ enable_thinking: true, thinking_budget: 500 });
    expect(refusalOf(asked, quirks)).toBeUndefined();
    expect(refusalOf(asked, bySwitch('thinking'))).toBe('reasoning.max_tokens');
  });
});

describe('where reasoning passes', () => {
  it('nothing is made of it and nothing is refused', () => {
    const quirks: Quirks = { parameters: { reasoning: { rule: 'pass' } } };
    const asked: Asked = { reasoning: { max_tokens: 500 } };
    expect(fieldsOf(asked, quirks, ['low'])).toEqual({});
    expect(refusalOf(asked, quirks, ['low'])).toBeUndefined();
  });
});
