import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Environment } from '../../src/platform/env.js';
import { HealthModule } from '../../src/platform/health/health.module.js';
import { PrismaService } from '../../src/platform/prisma.service.js';
import { CatalogueSeedService } from '../../src/providers/catalogue/catalogue-seed.service.js';
import { CatalogueService } from '../../src/providers/catalogue/catalogue.service.js';
import { ProvidersModule } from '../../src/providers/index.js';
import { startAdminApi, type AdminApi } from '../support/admin.js';
import { run, type CommandResult } from '../support/command-line.js';
import { nativeCatalogue } from '../support/native-catalogue.js';

let api: AdminApi;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'import-'));
  api = await startAdminApi({ more: [HealthModule, ProvidersModule] });
  const environment = Object.assign(new Environment(), { DATABASE_URL: api.databaseUrl });
  const prisma = new PrismaService(environment);
  await new CatalogueSeedService(prisma).seed();
  await prisma.$disconnect();
  await api.app.get(CatalogueService).reload();
}, 60_000);
afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string): string => path.join(folder, name);
const command = (...words: string[]): Promise<CommandResult> =>
  run(process.execPath, ['scripts/catalogue.mjs', 'import', ...words], {
    environment: { OSM_URL: api.url, OSM_ADMIN_TOKEN: api.operatorToken },
  });

it('says of the catalogue itself that nothing changes, and writes no plan', async () => {
  const plan = file('none.json');
  const result = await command('--from', 'prisma/catalogue', '--format', 'native', '--plan', plan);
  expect(result).toEqual({ status: 0, stdout: 'Nothing changes.\n', stderr: '' });
  expect(readdirSync(folder)).toEqual([]);
});

it('shows prices old and new, and applies the plan that it wrote', async () => {
  const prices = {
    'gpt-4o': { cost: { input: 2.4, mystery: 1 } },
    'gpt-4o-mini': { cost: { input: 0 } },
    other: { cost: { input: 1 } },
  };
  writeFileSync(file('source.json'), JSON.stringify({ openai: { models: prices } }));
  const words = [
    '--from',
    file('source.json'),
    '--format',
    'models.dev',
    '--plan',
    file('plan.json'),
  ];
  const dry = await command(...words, '--dry-run');
  expect(dry.stdout.split('\n')).toEqual([
    'Prices: 2 changed',
    '  ~ openai/gpt-4o',
    '      input (USD per million tokens): 2.5 → 2.4',
    '  ! openai/gpt-4o-mini',
    '      input (USD per million tokens): 0.15 → 0',
    '      held back: input becomes free',
    '      held back: cache_read is above the input',
    'Held back: 1. Confirm what is right of it by --confirm.',
    'Prices of no offer here: 1',
    '  openai/other',
    'Price keys that are not known: 1',
    '  mystery (first at openai/gpt-4o.cost)',
    '',
  ]);
  expect(readdirSync(folder)).toEqual(['source.json']);
  expect((await command(...words)).status).toBe(0);
  const applied = await command('--apply', file('plan.json'));
  expect(applied.stdout).toMatch(
    /^Revision \d+: 0 models, 0 aliases, 0 offers, 1 prices\.\nHeld back: openai\/gpt-4o-mini\n$/,
  );
  const again = await command('--apply', file('plan.json'), '--confirm', 'all');
  expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('make it again')]);
});

it('takes no source that is too large, cut, or not there', async () => {
  const refused = async (name: string): Promise<string> => {
    const { status, stdout, stderr } = await command('--from', file(name), '--format', 'native');
    expect([status, stdout]).toEqual([1, '']);
    return stderr;
  };
  writeFileSync(file('large.json'), '');
  truncateSync(file('large.json'), 100_000_000);
  expect(await refused('large.json')).toContain('has 100000000 bytes; at most 8388608 are read');
  writeFileSync(file('cut.json'), nativeCatalogue().slice(0, 1_500_000));
  expect(await refused('cut.json')).toMatch(
    /the file ends in the middle, at line \d+, column \d+\./,
  );
  expect(await refused('gone.json')).toContain('There is no file');
  expect(readFileSync(file('plan.json'), 'utf8')).toContain('sha256:');
});
