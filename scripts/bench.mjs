/**
 * `npm run bench [-- --quick | --profile | --overload | --organizations]`: the gateway beside a bare Node proxy, on one
 * core each; with `--overload` alone, offered three times as many calls as it can answer; with `--organizations` a busy
 * organization alone, and beside ten thousand (`--tenants n`) that make a call a minute each. Further options:
 * `--rounds n`, `--seconds n` (of each measurement), `--concurrency 1,32,256`, `--modes json,stream,burst`,
 * `--open-streams n`, `--no-warm-up`, `--out folder` (for the figures as JSON, by default `bench-results`).
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { prepare } from './install.mjs';
import { Advice, explain, root } from './project.mjs';
import { stopSignal } from './stop-requests.mjs';

const knownModes = ['json', 'stream', 'burst'];
const stopping = stopSignal();

try {
  await bench(stopping);
} catch (error) {
  if (stopping.aborted) console.error(stopping.reason.message);
  else explain(error);
  process.exitCode = 1;
}

async function bench(signal) {
  if (!existsSync('/proc/self/stat'))
    throw new Advice('The bench reads CPU times from /proc, which only Linux has.');
  const { profile, overload, organizations, ...options } = readOptions();
  await prepare({ build: true, signal });
  // What follows needs the installed packages.
  if (profile) {
    const { runProfile } = await import('../test/bench/run-profile.mjs');
    return runProfile(options, signal);
  }
  if (overload) {
    const { runOverload } = await import('../test/bench/overload.mjs');
    return runOverload(options, signal);
  }
  if (organizations) {
    const { runOrganizations } = await import('../test/bench/organizations.mjs');
    return runOrganizations(options, signal);
  }
  const { runBench } = await import('../test/bench/run.mjs');
  return runBench(options, signal);
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      overload: { type: 'boolean', default: false },
      organizations: { type: 'boolean', default: false },
      tenants: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      concurrency: { type: 'string' },
      modes: { type: 'string' },
      'open-streams': { type: 'string' },
      'no-warm-up': { type: 'boolean', default: false },
      out: { type: 'string', default: 'bench-results' },
    },
  });
  return {
    quick: values.quick,
    profile: values.profile,
    overload: values.overload,
    organizations: values.organizations,
    tenants: numberOf(values.tenants),
    warmUp: !values['no-warm-up'],
    rounds: numberOf(values.rounds),
    seconds: numberOf(values.seconds),
    concurrencies: values.concurrency?.split(',').map(numberOf),
    modes: modesOf(values.modes),
    openStreams: numberOf(values['open-streams']),
    out: path.resolve(root, values.out),
  };
}

function numberOf(text) {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!(number > 0)) throw new Advice(`${JSON.stringify(text)} is not a number above zero.`);
  return number;
}

function modesOf(text) {
  const modes = text?.split(',');
  const unknown = modes?.find((mode) => !knownModes.includes(mode));
  if (unknown !== undefined)
    throw new Advice(
      `There is no mode ${JSON.stringify(unknown)}; there are ${knownModes.join(', ')}.`,
    );
  return modes;
}
