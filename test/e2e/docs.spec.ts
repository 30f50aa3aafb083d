import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import {
  allGone,
  descendantsOf,
  Script,
  temporaryDirectory,
} from '../integration/scripts/processes.js';
import { osm, run } from '../support/command-line.js';

const docs = path.resolve(import.meta.dirname, '../../docs');
const limit = 180_000;

/** The command blocks of a page of the documentation. */
function blocksOf(page: string): string[] {
  const text = readFileSync(path.join(docs, page), 'utf8');
  return [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = '']) => block);
}

const BY_NPM = 'npm run --silent osm --';

/** The same with `osm` called without npm, which takes most of the time of a command and leads to the same script. */
function withoutNpm(blocks: readonly string[]): string[] {
  expect(blocks.join('')).toContain(BY_NPM);
  return blocks.map((block) => block.replace(BY_NPM, 'node scripts/osm.mjs'));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/**
 * Every command block of docs/operator.md and docs/tenant.md, in the order of the page, as a person would run them; those
 * for teams without npm, of which those for operators make enough.
 */
describe('the documentation', () => {
  const directory = temporaryDirectory();
  let gateway: Script;
  let environment: Record<string, string>;
  let adminToken: string;

  beforeAll(async () => {
    environment = { PORT: String(await freePort()) };
    gateway = new Script(['scripts/start.mjs'], { ...environment, DATA_DIR: directory.path });
    await gateway.printed(/ready: http/);
    [adminToken] = await gateway.printed(/osmadm_[0-9A-Za-z]{46}/);
  }, limit);
  afterAll(async () => {
    const started = [gateway.pid, ...descendantsOf(gateway.pid)];
    gateway.kill('SIGTERM');
    await gateway.ended;
    await allGone(started);
    directory.remove();
  }, limit);

  /** Runs blocks in one shell; of what is written there only the token is another one. */
  async function follow(blocks: readonly string[], token: string): Promise<string> {
    const marked = blocks.map((block, at) => `echo "--- block ${at + 1}"\n${block}`);
    const script = `set -euo pipefail\n${marked.join('')}`.replace(/osmadm_\.\.\./, token);
    const { status, stdout, stderr } = await run('bash', ['-c', script], { environment });
    expect([status, stderr, stdout.split('--- block ').at(-1)]).toEqual([
      0,
      '',
      expect.any(String),
    ]);
    expect(stdout.split('--- block ')).toHaveLength(blocks.length + 1);
    return stdout;
  }

  it(
    'for operators works as it is written',
    async () => {
      const [start, ...blocks] = blocksOf('operator.md');
      // That is what this spec did already.
      expect(start).toBe('npm start\n');
      const output = await follow(blocks, adminToken);
      expect(output).toMatch(/^deleted +true$/m);
      expect(output).toContain('"object":"list"');
    },
    limit,
  );

  it(
    'for teams works as it is written',
    async () => {
      const connection = { ...environment, OSM_ADMIN_TOKEN: adminToken };
      const owner = ['--owner-email', 'ada@acme.example', '--owner-name', 'Ada'];
      const made = await osm(['org', 'create', '--name', 'Acme', ...owner, '--json'], {
        environment: connection,
      });
      const { id, owner: first } = JSON.parse(made.stdout) as {
        id: string;
        owner: { admin_token: { token: string } };
      };
      const credit = ['wallet', 'top-up', '--amount', '10', '--org', id];
      expect((await osm(credit, { environment: connection })).status).toBe(0);
      const output = await follow(withoutNpm(blocksOf('tenant.md')), first.admin_token.token);
      expect(output).toMatch(/"cost_usd_total":0\.\d+/);
      expect(output).toMatch(/^allowed +true$/m);
    },
    limit,
  );
});
