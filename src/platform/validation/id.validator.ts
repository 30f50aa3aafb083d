import { ValidateBy } from 'class-validator';
import { ID_PREFIX } from '../../core/ids.js';

const ID = /^[a-z]{2,4}_[0-9A-Za-z_]{1,58}$/;

/** An id that the gateway gave out; `kind` asks for one of that kind. */
export const IsId = (kind?: keyof typeof ID_PREFIX): PropertyDecorator => {
  const prefix = kind === undefined ? '' : ID_PREFIX[kind];
  return ValidateBy({
    name: 'isId',
    constraints: [prefix],
    validator: {
      validate: (value) => typeof value === 'string' && ID.test(value) && value.startsWith(prefix),
      defaultMessage: () =>
        prefix === '' ? '$property must be an id' : `$property must be an id such as ${prefix}…`,
    },
  });
};
