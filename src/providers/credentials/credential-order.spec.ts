import { expect, it } from '@jest/globals';
import { makeTarget } from '../../../test/support/target.js';
import { byProvider, type Ranked } from './credential-order.js';

const ranked = (id: string, providerId: string, priority: number, createdAt: number): Ranked => ({
  credential: { ...makeTarget().credential, id },
  providerId,
  priority,
  createdAt,
});

it('of a provider’s credentials the lower priority goes first, of the same the older', () => {
  const lists = byProvider([
    ranked('late', 'p', 0, 2),
    ranked('last', 'p', 5, 0),
    ranked('same-b', 'p', 0, 1),
    ranked('other', 'q', 0, 0),
    ranked('same-a', 'p', 0, 1),
    ranked('first', 'p', -1, 9),
  ]);
  const ids = (provider: string) => lists.get(provider)?.map(({ id }) => id);
  expect(ids('p')).toEqual(['first', 'same-a', 'same-b', 'late', 'last']);
  expect(ids('q')).toEqual(['other']);
});
