import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../project.mjs';

const file = path.join(root, 'docs/openapi.json');

/** The operations of docs/openapi.json by name, with references followed: method, path, parameters, body. */
export function readOperations() {
  const specification = JSON.parse(readFileSync(file, 'utf8'));
  const follow = (thing) => {
    if (!thing?.$ref) return thing;
    const [, ...steps] = thing.$ref.split('/');
    return steps.reduce((at, step) => at[step], specification);
  };
  const operations = new Map();
  for (const [path, item] of Object.entries(specification.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      operations.set(operation.operationId, readOperation(method, path, operation, follow));
    }
  }
  return operations;
}

function readOperation(method, path, operation, follow) {
  const parameters = (operation.parameters ?? []).map(follow);
  const inside = (place) => parameters.filter((parameter) => parameter.in === place);
  return {
    method: method.toUpperCase(),
    path,
    summary: operation.summary,
    description: operation.description,
    pathParameters: inside('path').map(({ name }) => name),
    headers: inside('header').map(({ name }) => name),
    query: inside('query').map(({ name, required, schema, description }) => ({
      name,
      required: required === true,
      schema: { description, ...schema },
    })),
    body: fieldsOf(operation.requestBody?.content['application/json']?.schema, follow),
  };
}

function fieldsOf(schema, follow) {
  const { properties = {}, required = [] } = follow(schema) ?? {};
  return Object.entries(properties).map(([name, property]) => ({
    name,
    required: required.includes(name),
    schema: { ...property, ...innerObject(property, follow) },
  }));
}

/** A field that is an object of known fields brings them along. */
function innerObject(property, follow) {
  const reference = property.$ref ? property : property.allOf?.find((it) => it.$ref);
  return reference ? { fields: fieldsOf(reference, follow) } : {};
}
