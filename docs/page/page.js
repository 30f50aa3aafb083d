/** Shows openapi.json as a page: a group after the other, each operation with its parameters, body and answers. */
const specification = await (await fetch('/docs/openapi.json')).json();

document.getElementById('about').textContent = specification.info.description;
const main = document.getElementById('operations');
for (const tag of specification.tags) {
  document.getElementById('groups').append(element('a', tag.name, { href: `#${tag.name}` }), ' ');
  main.append(groupOf(tag));
}
document.getElementById('filter').addEventListener('input', ({ target }) => filter(target.value));

function groupOf({ name, description }) {
  const group = element('section', '', { id: name });
  group.append(element('h2', name), element('p', description));
  for (const [path, item] of Object.entries(specification.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (operation.tags[0] === name) group.append(operationOf(method, path, operation));
    }
  }
  return group;
}

function operationOf(method, path, operation) {
  const details = element('details', '', { id: operation.operationId });
  const summary = element('summary');
  summary.append(
    element('span', method.toUpperCase(), { class: 'method' }),
    element('code', path),
    ' ',
    element('span', operation.summary, { class: 'quiet' }),
  );
  details.append(summary);
  details.addEventListener('toggle', () => fill(details, method, path, operation), { once: true });
  return details;
}

/** What is below the line, made when somebody looks. */
function fill(details, method, path, { description, parameters = [], requestBody, responses }) {
  details.append(element('p', description));
  const rows = parameters
    .map(resolve)
    .map((it) => [it.name, it.in, typeOf(it.schema), it.required, it.description ?? '']);
  if (rows.length > 0) details.append(tableOf(['parameter', 'in', 'type', 'required', ''], rows));
  const body = schemaOf(requestBody);
  if (body) details.append(element('h4', 'Body'), fieldsOf(body));
  for (const [status, response] of Object.entries(responses)) {
    const { description: meaning, content } = resolve(response);
    details.append(element('h4', `${status}: ${meaning}`));
    const schema = status < 300 && schemaOf({ content });
    if (schema) details.append(fieldsOf(schema));
  }
}

function schemaOf(holder) {
  const schema = holder?.content?.['application/json']?.schema;
  return schema && resolve(schema);
}

function fieldsOf({ properties = {}, required = [] }) {
  const rows = Object.entries(properties).map(([name, property]) => {
    const { description = '' } = property;
    return [name, typeOf(property), required.includes(name), description];
  });
  return tableOf(['field', 'type', 'required', ''], rows);
}

function typeOf(schema) {
  if (!schema) return '';
  if (schema.$ref) return schema.$ref.split('/').at(-1);
  if (schema.enum) return schema.enum.join(' | ');
  if (schema.const) return schema.const;
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' | ');
  if (schema.type === 'array') return `${typeOf(schema.items)}[]`;
  return [schema.type].flat().join(' | ') + (schema.format ? ` (${schema.format})` : '');
}

function resolve(thing) {
  if (!thing.$ref) return thing;
  const [, ...steps] = thing.$ref.split('/');
  return steps.reduce((at, step) => at[step], specification);
}

function tableOf(heads, rows) {
  const table = element('table');
  const line = (cells, kind) => {
    const row = element('tr');
    for (const cell of cells) row.append(element(kind, cell === true ? 'yes' : cell || ''));
    return row;
  };
  table.append(line(heads, 'th'), ...rows.map((row) => line(row, 'td')));
  return table;
}

function filter(text) {
  for (const details of main.querySelectorAll('details')) {
    const matches = details.firstChild.textContent.toLowerCase().includes(text.toLowerCase());
    details.hidden = !matches;
  }
}

function element(name, text = '', attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
