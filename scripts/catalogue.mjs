/** `npm run catalogue -- import …`: plans and applies changes of models and prices over the admin API. */
import { Command, CommanderError, Option } from 'commander';
import { applyPlan, planImport } from './catalogue/import.mjs';
import { Connection } from './osm/connection.mjs';
import { Failure, wrongUsage } from './osm/failures.mjs';
import { loadDotEnv } from './project.mjs';

const introduction = `Imports models and prices into a running gateway.

  OSM_URL           where it is; without it http://127.0.0.1 and PORT, or 4000
  OSM_ADMIN_TOKEN   an operator's admin token; without it ADMIN_TOKEN`;

const examples = `
Examples:
  $ npm run catalogue -- import --from https://models.dev/api.json --format models.dev --dry-run
  $ npm run catalogue -- import --from prices.json --format litellm --providers openai,groq
  $ npm run catalogue -- import --apply catalogue-plan-1f2e3d4c.json --confirm openai/gpt-4o`;

const formats = ['native', 'models.dev', 'genai-prices', 'litellm'];
const listed = (text) => text.split(',').map((word) => word.trim());

function createProgram(env) {
  const program = new Command('catalogue').description(introduction).exitOverride();
  program
    .command('import')
    .exitOverride()
    .description('shows what a source changes and writes a plan, or applies a plan')
    .option('--from <file, folder or url>', 'the source; a folder is one such as prisma/catalogue')
    .addOption(new Option('--format <format>', 'what it is written in').choices(formats))
    .option('--providers <ids>', 'look at these providers only, separated by commas', listed)
    .option('--effective <time>', 'from when on the prices hold; without it when they are applied')
    .option('--plan <file>', 'where the plan is written')
    .option('--dry-run', 'only show the changes')
    .option('--apply <plan>', 'apply this plan')
    .option(
      '--confirm <ids>',
      'offers whose held prices are right, separated by commas; or all',
      listed,
    )
    .addHelpText('after', examples)
    .action(async (options) => {
      const connection = new Connection({
        url: env.OSM_URL ?? `http://127.0.0.1:${env.PORT ?? 4000}`,
        token: env.OSM_ADMIN_TOKEN ?? env.ADMIN_TOKEN,
      });
      if (options.apply) return applyPlan(connection, options);
      if (!options.from || !options.format)
        throw wrongUsage('Give --from and --format, or --apply.', 'See --help.');
      return planImport(connection, options);
    });
  return program;
}

try {
  loadDotEnv();
  await createProgram(process.env).parseAsync();
} catch (error) {
  process.exitCode = tell(error);
}

/** Says what went wrong; gives the exit code. */
function tell(error) {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (!(error instanceof Failure)) throw error;
  console.error(`error: ${error.message}`);
  if (error.advice) console.error(error.advice);
  return error.exitCode;
}
