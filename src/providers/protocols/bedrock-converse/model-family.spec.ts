import { expect, it } from '@jest/globals';
import { makeTarget } from '../../../../test/support/target.js';
import { familyOf } from './model-family.js';

const ARN = 'arn:aws:bedrock:us-east-1:1:inference-profile';

it.each([
  ['anthropic.claude-opus-5', 'claude'],
  ['us-gov.anthropic.claude-haiku-4-5-20251001-v1:0', 'claude'],
  [`${ARN}/eu.anthropic.claude-sonnet-4-6`, 'claude'],
  ['global.amazon.nova-2-lite-v1:0', 'nova'],
  [`${ARN}/us.amazon.nova-pro-v1:0`, 'nova'],
  ['us.meta.llama3-3-70b-instruct-v1:0', 'llama'],
  ['openai.gpt-oss-120b-1:0', 'other'],
  ['writer.palmyra-amazon.meta-x', 'other'],
])('%s is of %s', (upstreamModel, family) => {
  expect(familyOf(makeTarget({ upstreamModel }))).toBe(family);
});
