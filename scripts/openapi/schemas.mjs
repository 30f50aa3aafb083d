const moment = /(^|_)(at|since|until)$/;

/**
 * Finishes the schemas that were read from the classes: moments are named, numbers are integers (money is text), what
 * has a default may be left out, and the values of a union come in an order that no compiler chooses.
 *
 * @param {Record<string, object>} schemas by name
 * @param {Set<string>} closed names of those that refuse unknown fields
 */
export function finishSchemas(schemas, closed) {
  return Object.fromEntries(
    Object.entries(schemas)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, schema]) => [name, finishSchema(name, schema, closed.has(name))]),
  );
}

function finishSchema(name, schema, isClosed) {
  const isRequest = /Dto$/.test(name);
  const entries = Object.entries(schema.properties ?? {});
  const optional = new Set(entries.filter(([, it]) => 'default' in it).map(([key]) => key));
  const required = (schema.required ?? []).filter((key) => !optional.has(key));
  const rest = { ...schema };
  delete rest.required;
  return {
    ...rest,
    properties: Object.fromEntries(
      entries.map(([key, it]) => [key, finishProperty(key, it, isRequest)]),
    ),
    ...(required.length > 0 && { required }),
    ...(isClosed && { additionalProperties: false }),
  };
}

/** The same of a parameter of the query or path. */
export function finishProperty(key, property, isRequest = true) {
  const finished = { ...property };
  if (moment.test(key) && isText(property)) finished.format = 'date-time';
  if (!isRequest && property.type === 'number') finished.type = 'integer';
  if (!isRequest && Array.isArray(property.type)) {
    finished.type = property.type.map((type) => (type === 'number' ? 'integer' : type));
  }
  if (!isRequest && property.enum) finished.enum = [...property.enum].sort();
  // An `unknown` is anything, null included, not only an object.
  if (property.type === 'object' && !property.additionalProperties && !property.properties) {
    delete finished.type;
  }
  return finished;
}

function isText({ type }) {
  return type === 'string' || (Array.isArray(type) && type.includes('string'));
}

/** Names of the schemas that these refer to, and those that they refer to. */
export function reachable(start, schemas) {
  const found = new Set();
  const visit = (value) => {
    for (const [, name] of JSON.stringify(value).matchAll(/#\/components\/schemas\/(\w+)/g)) {
      if (found.has(name)) continue;
      found.add(name);
      if (schemas[name]) visit(schemas[name]);
    }
  };
  visit(start);
  return found;
}
