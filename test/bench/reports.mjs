/**
 * `npm run bench:reports [-- --events n --organizations n --keys n --rounds n]`: how long reports and statements take,
 * over HTTP, from a gateway whose Postgres has the hourly totals of ten million usage events of one month.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { prepare } from '../../scripts/install.mjs';
import { explain, root } from '../../scripts/project.mjs';
import { stopSignal } from '../../scripts/stop-requests.mjs';

const LIMIT_MS = 1_000;
const WINDOW = 'since=2026-01-01T00:00:00Z&until=2026-02-01T00:00:00Z';
const OWN = '/admin/v1/organizations/org_0';
const REPORTS = [
  ['platform, one total', `/admin/v1/reports/usage?${WINDOW}`],
  [
    'platform by organization and model',
    `/admin/v1/reports/usage?${WINDOW}&group_by=organization&group_by=model`,
  ],
  ['platform by day', `/admin/v1/reports/usage?${WINDOW}&group_by=day`],
  [
    'platform by day in Berlin and provider',
    `/admin/v1/reports/usage?${WINDOW}&group_by=day&time_zone=Europe/Berlin&group_by=provider`,
  ],
  [
    'platform by key, model and source',
    `/admin/v1/reports/usage?${WINDOW}&group_by=api_key&group_by=model&group_by=source`,
  ],
  ['platform by tag and day', `/admin/v1/reports/usage?${WINDOW}&group_by=tag:team&group_by=day`],
  ['organization by key and day', `${OWN}/reports/usage?${WINDOW}&group_by=api_key&group_by=day`],
  ['organization by hour, CSV', `${OWN}/reports/usage?${WINDOW}&group_by=hour&format=csv`],
  ['statement of a month', `${OWN}/statements/2026-01`],
];

const stopping = stopSignal();

try {
  await bench(readOptions(), stopping);
} catch (error) {
  if (stopping.aborted) console.error(stopping.reason.message);
  else explain(error);
  process.exitCode = 1;
}

async function bench(options, signal) {
  await prepare({ build: true, signal });
  // What follows needs the installed packages.
  const { startBenchPostgres } = await import('./bench-postgres.mjs');
  const postgres = await startBenchPostgres({ signal });
  try {
    const token = await fill(postgres, options);
    await withGateway(postgres, (url) => measure(url, token, options.rounds));
  } finally {
    await postgres.stop();
  }
}

/** Tables, totals, and the token of an operator. */
async function fill({ ownerUrl }, options) {
  const [{ default: pg }, { migrate }, { appRole }, { createKey }, { fillTotals }] =
    await Promise.all([
      import('pg'),
      import('../../scripts/migrate.mjs'),
      import('../../scripts/postgres/roles.mjs'),
      import(path.join(root, 'dist/tenants/keys/key-format.js')),
      import('./report-rows.mjs'),
    ]);
  await migrate(ownerUrl, { appRole, log: () => {} });
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const begun = performance.now();
    await client.query(`SET osm.organization = '*'`);
    const { hourly, tagged } = await fillTotals(client, options);
    const { events, organizations, keys } = options;
    console.log(
      `${events} usage events of 31 days, ${organizations} organizations and ${keys} keys, made and grouped in the ` +
        `database in ${seconds(performance.now() - begun)}: ${hourly} hourly totals, ${tagged} by tag. Events are not ` +
        `stored: reports read the totals alone.`,
    );
    const { key, hash, prefix } = createKey('osmadm_');
    await client.query(
      `INSERT INTO admin_token (id, name, hash, prefix, kind) VALUES ('adm_bench', 'bench', $1, $2, 'lasting')`,
      [hash, prefix],
    );
    return key;
  } finally {
    await client.end();
  }
}

async function withGateway({ appUrl, ownerUrl, place }, work) {
  const { BenchProgram } = await import('./bench-program.mjs');
  const programs = path.join(place, 'programs');
  mkdirSync(programs);
  const gateway = new BenchProgram('dist/main.js', {
    log: path.join(programs, 'gateway.log'),
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: path.join(place, 'gateway'),
      DATABASE_URL: appUrl,
      DATABASE_OWNER_URL: ownerUrl,
    },
  });
  try {
    const { listening } = await gateway.ready();
    await work(listening);
  } finally {
    await gateway.stop();
  }
}

/** The first answer, and the median and the slowest of those after it. */
async function measure(url, token, rounds) {
  console.log(
    `\nGET, until the last byte (first | median | slowest of ${rounds}), one after the other:`,
  );
  let slowest = 0;
  for (const [name, place] of REPORTS) {
    const [first, ...later] = await timesOf(`${url}${place}`, token, rounds + 1);
    const sorted = later.toSorted((one, other) => one - other);
    const median = sorted[Math.floor(sorted.length / 2)];
    slowest = Math.max(slowest, median);
    const times = [first, median, sorted.at(-1)].map((ms) => seconds(ms).padStart(8)).join(' |');
    console.log(`${name.padEnd(40)} ${times}`);
  }
  console.log(
    `\nslowest median ${seconds(slowest)}: ${slowest < LIMIT_MS ? 'below' : 'ABOVE'} ${seconds(LIMIT_MS)}`,
  );
  if (slowest >= LIMIT_MS) process.exitCode = 1;
}

async function timesOf(url, token, count) {
  const times = [];
  for (let round = 0; round < count; round++) {
    const begun = performance.now();
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    const text = await response.text();
    if (response.status !== 200)
      throw new Error(`${url}: ${response.status} ${text.slice(0, 500)}`);
    times.push(performance.now() - begun);
  }
  return times;
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      events: { type: 'string', default: '10000000' },
      organizations: { type: 'string', default: '20' },
      keys: { type: 'string', default: '500' },
      rounds: { type: 'string', default: '5' },
    },
  });
  return Object.fromEntries(Object.entries(values).map(([name, text]) => [name, Number(text)]));
}

function seconds(ms) {
  return `${(ms / 1_000).toFixed(2)} s`;
}
