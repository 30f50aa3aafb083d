import { InvalidArgumentError, Option } from 'commander';

/** Ids whose flag is the thing's name: `--project`, not `--project-id`. */
const things = ['project', 'member', 'key', 'api_key', 'provider', 'token', 'organization'];

/** Fields that nobody should have to write where others can read them. */
const secretFields = new Set(['secret']);

/**
 * The flags of an operation: each with where its value goes.
 *
 * @param {object} operation of `readOperations`
 * @param {string[]} flat names of objects whose fields need no prefix
 * @returns {{option: Option, key: string, place: 'query' | 'body', path: string[], required: boolean, secret: boolean}[]}
 */
export function flagsOf(operation, flat = []) {
  const query = operation.query.filter(({ name }) => name !== 'organization_id');
  return [
    ...query.map((field) => flagOf(field, 'query', [])),
    ...operation.body.flatMap((field) => bodyFlags(field, flat)),
  ];
}

function bodyFlags(field, flat) {
  const { name, required, schema } = field;
  if (!schema.fields) return [flagOf(field, 'body', [])];
  const prefix = flat.includes(name) ? '' : `${name}_`;
  return schema.fields.map((inner) =>
    // What is demanded of an object that may be left out is demanded by the gateway.
    flagOf({ ...inner, required: required && inner.required }, 'body', [name], prefix),
  );
}

function flagOf({ name, required, schema }, place, parents, prefix = '') {
  const flag = flagName(prefix + name);
  const secret = secretFields.has(name);
  const option = new Option(
    `--${flag}${valueForm(name, schema)}`,
    describe(schema, { required, secret }),
  );
  if (schema.enum && !isList(schema)) option.choices(schema.enum.map(String));
  else option.argParser(parserOf(schema));
  return {
    option,
    key: option.attributeName(),
    flag,
    place,
    path: [...parents, name],
    required,
    secret,
  };
}

/** `expires_at` → `expires-at`, `project_id` → `project`. */
export function flagName(field) {
  const [, thing] = /^(.*)_id$/.exec(field) ?? [];
  return (things.includes(thing) ? thing : field).replaceAll('_', '-');
}

function valueForm(name, schema) {
  if (typesOf(schema).includes('boolean')) return ' [yes]';
  if (isList(schema)) return ` <${name.replace(/s$/, '')}...>`;
  return ` <${name.endsWith('_id') ? 'id' : wordFor(schema)}>`;
}

function wordFor(schema) {
  if (schema.format === 'date-time') return 'time';
  if (typesOf(schema).includes('integer')) return 'number';
  return isJson(schema) ? 'json' : 'text';
}

function describe({ description = '', ...schema }, { required, secret }) {
  const remarks = [
    required && 'required',
    schema.default !== undefined && `default ${schema.default}`,
    typesOf(schema).includes('null') && '"null" for none',
    secret && '"-" reads it from standard input; or set OSM_SECRET',
  ].filter(Boolean);
  return [description, remarks.length > 0 && `(${remarks.join('; ')})`].filter(Boolean).join(' ');
}

function parserOf(schema) {
  if (isList(schema)) return (value, earlier) => [...(earlier ?? []), ...value.split(',')];
  return (text) => parse(text, schema);
}

function parse(text, schema) {
  const types = typesOf(schema);
  if (text === 'null' && types.includes('null')) return null;
  if (types.includes('boolean')) return parseBoolean(text);
  if (types.includes('integer')) return parseNumber(text);
  return isJson(schema) ? parseJson(text) : text;
}

function parseBoolean(text) {
  if (['true', 'yes'].includes(text)) return true;
  if (['false', 'no'].includes(text)) return false;
  throw new InvalidArgumentError('It is yes or no.');
}

function parseNumber(text) {
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a whole number.');
}

function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('It is JSON, such as \'{"name": "value"}\'.');
  }
}

/** Several values of one word each; a list of objects is written as JSON. */
const isList = ({ items, ...schema }) =>
  typesOf(schema).includes('array') && !items?.$ref && items?.type !== 'object';
const isJson = (schema) => ['array', 'object'].some((type) => typesOf(schema).includes(type));
const typesOf = ({ type }) => [type ?? []].flat();
