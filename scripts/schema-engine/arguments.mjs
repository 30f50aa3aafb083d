import { readFileSync } from 'node:fs';

const emptyModel = 'datasource db {\n  provider = "postgresql"\n}\n';

/**
 * Reads the command line that Prisma gives to its engine.
 *
 * @param {string[]} args
 * @returns {{version?: true, command?: string, url?: string, shadowUrl?: string,
 *   datamodels: [name: string, content: string][]}}
 */
export function readArguments(args) {
  const order = { datamodels: [] };
  const rest = [...args];
  while (rest.length > 0) {
    const option = rest.shift();
    if (option === '--version' || option === '-V') order.version = true;
    else if (option === 'cli') order.command = rest.shift();
    else if (option === '--datamodels') order.datamodels.push(readModel(rest.shift()));
    else if (option === '--datasource') readDatasource(order, rest.shift());
    else if (option === '--enabled-preview-features' || option === '--extension-types')
      rest.shift();
  }
  if (order.datamodels.length === 0) order.datamodels.push(['schema.prisma', emptyModel]);
  return order;
}

function readModel(file) {
  return [file, readFileSync(file, 'utf8')];
}

function readDatasource(order, json) {
  const { url, shadowDatabaseUrl } = JSON.parse(json);
  order.url = url;
  order.shadowUrl = shadowDatabaseUrl || undefined;
}
