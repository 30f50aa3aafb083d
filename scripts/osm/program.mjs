import { Argument, Command, Option } from 'commander';
import { text } from 'node:stream/consumers';
import { nouns } from './commands.mjs';
import { Connection } from './connection.mjs';
import { wrongUsage } from './failures.mjs';
import { flagsOf } from './flags.mjs';
import { moneyNouns } from './money-commands.mjs';
import { organizationOf } from './organization.mjs';
import { print } from './output.mjs';
import { providerNouns } from './provider-commands.mjs';
import { requestOf } from './request.mjs';

export const allNouns = { ...nouns, ...providerNouns, ...moneyNouns };

const introduction = `Administers a gateway over its admin API.

  OSM_URL           where it is; without it http://127.0.0.1 and PORT, or 4000
  OSM_ADMIN_TOKEN   an admin token; without it ADMIN_TOKEN
  OSM_ORG           the organization of the commands that need one; without it
                    that of the token, or the only one there is

Settings are also read from .env. Exit codes: 0 done, 1 refused or failed, 2 the command was wrong.`;

const examples = `
Examples:
  $ osm org create --name "Acme"
  $ osm project create --org org_01… --name "Search"
  $ osm key create --org org_01… --project prj_01… --name ci
  $ osm request list --limit 5
  $ osm key list --json | jq -r '.data[].id'

Every command has its own --help. Below npm, options come behind two dashes: npm run osm -- org list`;

/**
 * The command line.
 *
 * @param {Map<string, object>} operations of `readOperations`
 * @param {Record<string, string | undefined>} env
 */
export function createProgram(operations, env) {
  const program = new Command('osm').description(introduction).addHelpText('after', examples);
  strict(program);
  for (const [name, { summary, commands }] of Object.entries(allNouns)) {
    const known = Object.entries(commands).filter(([, it]) => operations.has(it.operation));
    if (known.length === 0) continue;
    const noun = strict(new Command(name).description(summary));
    for (const [verb, command] of known)
      noun.addCommand(verbCommand(verb, command, operations, env), {
        isDefault: command.isDefault === true,
      });
    program.addCommand(noun);
  }
  return program;
}

/** Errors are thrown, and tell where the help is. */
function strict(command) {
  return command.exitOverride().showHelpAfterError('(add --help to see what there is)');
}

function verbCommand(verb, definition, operations, env) {
  const operation = operations.get(definition.operation);
  const ofPlatform = operations.get(definition.platform);
  const variants = [operation, ofPlatform].filter(Boolean);
  const flags = mergedFlags(variants, definition.flat);
  const command = strict(new Command(verb)).summary(operation.summary);
  command.description(`${operation.summary}.\n\n${operation.description}`);
  const subject = subjectOf(operation);
  if (subject) command.addArgument(new Argument(`<${subject}>`, 'its id'));
  for (const { option } of flags) command.addOption(option);
  addCommonOptions(command, operation, ofPlatform);
  command.addHelpText(
    'after',
    `\nExamples:\n${definition.examples.map((it) => `  $ ${it}`).join('\n')}`,
  );
  return command.action(async (...given) => {
    const values = command.opts();
    const chosen = values.platform ? ofPlatform : operation;
    const connection = await connect(values, env);
    const ids = await idsOf(chosen, subject && given[0], values, { connection, env });
    const used = flagsOf(chosen, definition.flat);
    const request = await requestOf(chosen, { flags: used, values, ids, env });
    await print(await answerTo(connection, request, values), {
      ...values,
      columns: definition.columns,
    });
  });
}

/** With `all`, the data of every page. */
async function answerTo(connection, request, { all }) {
  const answer = await connection.send(request);
  if (!all) return answer;
  let last = answer;
  while (last.has_more) {
    const rest = request.query.filter(([name]) => name !== 'cursor');
    last = await connection.send({ ...request, query: [...rest, ['cursor', last.next_cursor]] });
    answer.data.push(...last.data);
  }
  return { ...answer, has_more: false, next_cursor: null };
}

function mergedFlags(variants, flat) {
  const byKey = new Map();
  for (const variant of variants) {
    for (const flag of flagsOf(variant, flat)) if (!byKey.has(flag.key)) byKey.set(flag.key, flag);
  }
  return [...byKey.values()];
}

function addCommonOptions(command, operation, ofPlatform) {
  const isOfOrganization = operation.path.includes('{organization_id}/');
  if (isOfOrganization) command.option('--org <id>', 'the organization; or set OSM_ORG');
  if (ofPlatform) command.option('--platform', "the platform's own, or of all organizations");
  for (const name of operation.pathParameters.slice(0, -1)) {
    if (name !== 'organization_id') command.option(`--${wordOf(name)} <id>`, 'whose');
  }
  if (operation.pathParameters.length > 0 && !operation.path.endsWith('}')) {
    const last = operation.pathParameters.at(-1);
    if (last === 'member_id') command.option('--member <id>', 'whose');
  }
  if (operation.query.some(({ name }) => name === 'cursor')) command.option('--all', 'every page');
  if (operation.headers.includes('If-Match')) {
    command.option('--if-version <number>', 'only if it still is of this version');
  }
  if (operation.headers.includes('Idempotency-Key')) {
    command.option('--idempotency-key <text>', 'in place of a random one');
  }
  command.option('--json', 'print JSON');
  command.option('--only <field>', 'print this field alone, of a list one per line');
  command.addOption(new Option('--url <url>', 'in place of OSM_URL'));
  command.addOption(
    new Option('--token <token>', 'in place of OSM_ADMIN_TOKEN; "-" reads it from standard input'),
  );
}

/** What a command is about: the last id of its path. */
function subjectOf({ path, pathParameters }) {
  const last = pathParameters.at(-1);
  if (last === undefined || (last === 'member_id' && path.endsWith('/tokens'))) return undefined;
  if (last === 'organization_id' && !path.endsWith('{organization_id}')) return undefined;
  return wordOf(last);
}

const wordOf = (parameter) => parameter.replace(/_id$/, '');

async function idsOf({ path, pathParameters }, subject, values, { connection, env }) {
  const ids = {};
  for (const name of pathParameters) {
    const isSubject = subject !== undefined && name === pathParameters.at(-1);
    if (isSubject) ids[name] = subject;
    else if (name === 'organization_id') ids[name] = await organizationOf(values, env, connection);
    else ids[name] = values[wordOf(name)];
    if (!ids[name]) throw wrongUsage(`--${wordOf(name)} is missing.`, `It is part of ${path}.`);
  }
  return ids;
}

async function connect({ url, token }, env) {
  const given = token === '-' ? (await text(process.stdin)).trim() : token;
  return new Connection({
    url: url ?? env.OSM_URL ?? `http://127.0.0.1:${env.PORT ?? '4000'}`,
    token: given ?? env.OSM_ADMIN_TOKEN ?? env.ADMIN_TOKEN,
  });
}
