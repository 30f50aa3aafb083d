import type { Sample, Samples } from '../stage/sample.js';
import type { Things } from '../stage/things.js';

const RULES = '/admin/v1/organizations/:organization_id/rules';

/** Of a key: that is what everybody may put rules on. */
const ruleOfKey = ({ ids }: Things, kind: string, subject: object): Sample => ({
  body: { scope: 'api_key', scope_id: ids['key_id'], effect: 'allow', kind, subject, note: 'Why' },
});

const explanations = ({ ids }: Things): Sample[] =>
  ['key_id', 'project_id', 'member_id'].map((by) => ({
    body: { [by]: ids[by], model: 'gpt-4o', address: '192.0.2.1' },
  }));

/** Rules, and what they lead to. */
export const RULE_SAMPLES: Samples = {
  // An API key sees the rules of the keys that it made, and no list of more.
  [`GET ${RULES}`]: ({ ids }) => [
    { query: { scope: 'api_key', scope_id: ids['key_id'] ?? '', kind: 'model' } },
  ],
  [`POST ${RULES}`]: (things) => [
    ruleOfKey(things, 'model', { models: ['gpt-*'] }),
    ruleOfKey(things, 'provider', { providers: ['openai'] }),
    ruleOfKey(things, 'pricing', { is: 'paid' }),
    ruleOfKey(things, 'price_ceiling', { input: '10', output: '20', request: '1' }),
    ruleOfKey(things, 'ip', { ranges: ['192.0.2.0/24'] }),
  ],
  [`PATCH ${RULES}/:rule_id`]: () => [
    {
      body: { subject: { models: ['gpt-4o'] }, note: 'Why' },
      otherFields: {
        'subject.providers': ['openai'],
        'subject.is': 'paid',
        'subject.input': '10',
        'subject.output': '20',
        'subject.request': '1',
        'subject.ranges': ['192.0.2.0/24'],
      },
    },
  ],
  [`POST ${RULES}/explain`]: explanations,
  // For keys that may make keys there is a door, and nothing behind it.
  'POST /admin/v1/rules/explain': (things) =>
    explanations(things).map(({ body }) => ({
      body: { ...body, organization_id: things.ids['organization_id'] },
      callers: ['operator', 'owner', 'admin', 'developer', 'viewer'],
    })),
};
