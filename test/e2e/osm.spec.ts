import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { osm, type CommandOptions, type CommandResult } from '../support/command-line.js';
import { eventually } from '../support/eventually.js';
import { chatBody, postChat } from '../support/chat-client.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

interface Command {
  readonly operation: string;
  readonly platform?: string;
  readonly columns?: readonly string[];
  readonly examples: readonly string[];
}
type Nouns = Readonly<Record<string, { readonly commands: Readonly<Record<string, Command>> }>>;

const scripts = path.resolve(import.meta.dirname, '../../scripts/osm');

/** The same as explainRules, for clients that know no organization. */
const withoutCommand = ['explainPlatformRules'];

describe('npm run osm', () => {
  let gateway: TestGateway;
  let organization: string;

  beforeAll(async () => {
    gateway = await startGateway();
    organization = await given('org', 'create', '--name', 'Acme', '--only', 'id');
    await given('wallet', 'top-up', '--amount', '10', '--org', organization);
  }, 60_000);
  afterAll(() => gateway.stop());

  function command(words: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    const connection = { OSM_URL: gateway.url, OSM_ADMIN_TOKEN: gateway.adminToken };
    return osm(words, { ...options, environment: { ...connection, ...options.environment } });
  }

  /** What a command that works prints, without the end of its last line. */
  async function given(...words: string[]): Promise<string> {
    const { status, stdout, stderr } = await command(words);
    expect([words, status, stderr]).toEqual([words, 0, '']);
    return stdout.trimEnd();
  }

  const within = (...words: string[]): Promise<string> => given(...words, '--org', organization);

  it('has a command for every operation of the admin API, and none for what is not there', async () => {
    const file = path.join(scripts, '../../docs/openapi.json');
    const { paths } = JSON.parse(readFileSync(file, 'utf8')) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const operations = Object.entries(paths)
      .filter(([route]) => route.startsWith('/admin/'))
      .flatMap(([, item]) => Object.values(item).map(({ operationId }) => operationId));
    const { allNouns } = (await import(path.join(scripts, 'program.mjs'))) as { allNouns: Nouns };
    const used = Object.values(allNouns).flatMap(({ commands }) =>
      Object.values(commands).flatMap(({ operation, platform }) => [operation, platform ?? []]),
    );
    const commands = used.flat();
    expect(operations.filter((it) => !commands.includes(it))).toEqual(withoutCommand);
    const known = new Set(operations);
    expect(commands.filter((it) => !known.has(it))).toEqual([]);
  });

  it('makes a key that answers, and shows, rotates and revokes it', async () => {
    const project = await within('project', 'create', '--name', 'Search', '--only', 'id');
    const made = await within('key', 'create', '--name', 'ci', '--project', project);
    const [, id = ''] = /^id +(\S+)$/m.exec(made) ?? [];
    const [, apiKey = ''] = /^key +(\S+)$/m.exec(made) ?? [];
    expect(made).toContain('Keep the key: it is not shown again.');
    const status = async (key: string): Promise<number> =>
      (await postChat({ url: gateway.url, apiKey: key }, chatBody('[[tokens=1]]'))).status;
    expect(await status(apiKey)).toBe(200);

    const next = await within('key', 'rotate', id, '--only', 'key');
    expect([await status(apiKey), await status(next)]).toEqual([401, 200]);
    const names = (await within('key', 'list')).split('\n');
    expect(names[0]).toMatch(/^id +name +prefix +status +project_id +expires_at$/);
    expect(names).toHaveLength(2);
    const successor = await within('key', 'list', '--only', 'id');
    await within('key', 'delete', successor);
    expect(await status(next)).toBe(401);
    expect(await within('key', 'list')).toBe('nothing');
  });

  it('writes rules without JSON, and lists page by page or all at once', async () => {
    const rule = ['rule', 'create', '--scope', 'organization', '--scope-id', organization];
    const deny = [...rule, '--effect', 'deny', '--kind', 'model'];
    await within(...deny, '--models', 'sandbox-large', 'gpt-*', '--note', 'too large');
    await within(...deny, '--models', 'o1');
    const { data } = JSON.parse(await within('rule', 'list', '--json')) as {
      data: { subject: unknown; note: string | null }[];
    };
    expect(data.map(({ subject, note }) => [subject, note])).toEqual([
      [{ models: ['o1'] }, null],
      [{ models: ['sandbox-large', 'gpt-*'] }, 'too large'],
    ]);
    expect(await within('rule', 'list', '--limit', '1')).toContain('there are more');
    expect((await within('rule', 'list', '--limit', '1', '--all')).split('\n')).toHaveLength(3);
  });

  it('shows the requests of all organizations to operators, and exports those of one', async () => {
    await postChat(gateway, chatBody('[[tokens=1]]'));
    const [id = ''] = await eventually(
      async () => (await given('request', 'list', '--platform', '--only', 'id')).split('\n'),
      ([first = '']) => first.startsWith('tx_osm_'),
    );
    expect(await given('request', 'get', id, '--platform', '--only', 'id')).toBe(id);
    const own = await given('request', 'get', id, '--platform', '--only', 'organization_id');
    const lines = await given('request', 'export', '--org', own);
    expect(lines.split('\n').map((line) => (JSON.parse(line) as { id: string }).id)).toContain(id);
  });

  it('keeps money commands from being done twice', async () => {
    const pay = ['wallet', 'top-up', '--amount', '2.5', '--idempotency-key', 'invoice-1'];
    const first = await within(...pay, '--only', 'id');
    expect(await within(...pay, '--only', 'id')).toBe(first);
    const { status, stderr } = await command([...pay, '--note', 'other', '--org', organization]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/409 idempotency_conflict[^]*--idempotency-key/);
  });

  it('reads secrets from standard input or the environment, and prints none', async () => {
    const create = [
      'credential',
      'create',
      '--platform',
      '--provider',
      'groq',
      '--verify',
      'false',
    ];
    const byInput = await command([...create, '--name', 'one', '--secret', '-'], {
      input: 'secret-of-input\n',
    });
    const byEnvironment = await command([...create, '--name', 'two'], {
      environment: { OSM_SECRET: 'secret-of-environment' },
    });
    expect([byInput.status, byEnvironment.status]).toEqual([0, 0]);
    const hints = await given('credential', 'list', '--platform', '--only', 'hint');
    expect(hints.split('\n')).toEqual(['ment', 'nput']);
    expect(byInput.stdout + byEnvironment.stdout).not.toContain('secret-of');
    const none = await command([...create, '--name', 'three']);
    expect([none.status, none.stderr]).toEqual([2, expect.stringContaining('OSM_SECRET')]);
    const asInput = await command(['me', '--token', '-', '--only', 'kind'], {
      input: gateway.adminToken,
      environment: { OSM_ADMIN_TOKEN: '' },
    });
    expect(asInput.stdout).toBe('operator\n');
  });

  it.each<[string, string[], Record<string, string>, number, RegExp]>([
    [
      'no gateway',
      ['org', 'list'],
      { OSM_URL: 'http://127.0.0.1:1' },
      1,
      /No gateway.*\n.*npm start/,
    ],
    ['no token', ['org', 'list'], { OSM_ADMIN_TOKEN: '' }, 1, /Set OSM_ADMIN_TOKEN/],
    ['a wrong token', ['me'], { OSM_ADMIN_TOKEN: 'osmadm_x' }, 1, /unknown, revoked or expired/],
    ['an unknown id', ['org', 'get', 'org_1'], {}, 1, /404 resource_not_found[^]*list/],
    ['a bad value', ['org', 'create', '--name', ' '], {}, 1, /Correct --name;/],
    ['a missing flag', ['org', 'create'], {}, 2, /--name is missing/],
    ['a missing id', ['org', 'get'], {}, 2, /missing required argument 'organization'/],
    ['an unknown flag', ['org', 'list', '--colour'], {}, 2, /unknown option '--colour'/],
    ['a value that is none', ['org', 'list', '--status', 'x'], {}, 2, /Allowed choices are active/],
    ['several organizations', ['key', 'list'], {}, 2, /There are several[^]*OSM_ORG/],
    ['an old version', ['org', 'update', 'own', '--name', 'x', '--if-version', '9'], {}, 1, /get/],
  ])('says what to do about %s', async (_what, words, environment, code, message) => {
    const own = words.map((word) => (word === 'own' ? organization : word));
    const { status, stdout, stderr } = await command(own, { environment });
    expect([status, stdout]).toEqual([code, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('uses the organization of a member', async () => {
    const id = await given(
      'org',
      'create',
      '--name',
      'B',
      '--owner-email',
      'b@b.example',
      '--owner-name',
      'B',
      '--only',
      'owner.admin_token.token',
    );
    const mine = { environment: { OSM_ADMIN_TOKEN: id } };
    const { status, stdout } = await command(['member', 'list', '--only', 'email'], mine);
    expect([status, stdout]).toEqual([0, 'b@b.example\n']);
  });

  it('teaches: every command has examples that name it, and lists what it takes', async () => {
    const { allNouns } = (await import(path.join(scripts, 'program.mjs'))) as { allNouns: Nouns };
    for (const [noun, { commands }] of Object.entries(allNouns)) {
      for (const [verb, { examples }] of Object.entries(commands)) {
        const named = new RegExp(`osm ${noun}\\b(?: ${verb}\\b)?`);
        for (const example of examples) expect(example).toMatch(named);
        expect([noun, verb, examples.length > 0]).toEqual([noun, verb, true]);
      }
    }
    const help = await osm(['key', 'create', '--help']);
    expect(help.status).toBe(0);
    expect(help.stdout).toMatch(
      /--project <id>[^]*--expires-at <time>[^]*Examples:[^]*osm key create/,
    );
  });
});
