import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AdminClient, verdictOf } from '../support/admin-caller.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { prepareGateway, type TestGateway } from '../support/gateway.js';
import { Program } from '../support/program.js';

const timeLimit = 60_000;
const tokenForm = /osmadm_[0-9A-Za-z]{46}/;

/** How somebody who starts the gateway in production becomes its operator: one story, told in order. */
describe('in production', () => {
  let gateway: TestGateway;
  let lasting: string;
  beforeAll(async () => {
    const KEY_ENCRYPTION_KEYS = `k1:${randomBytes(32).toString('base64')}`;
    gateway = await prepareGateway({
      environment: { NODE_ENV: 'production', KEY_ENCRYPTION_KEYS },
    });
    await gateway.startMain();
  }, timeLimit);
  afterAll(() => gateway.stop());

  const seed = async (): Promise<string> => {
    const program = new Program('dist/seed.js', gateway.environment);
    expect(await program.ended).toBe(0);
    return program.output;
  };

  it('the first start prints a token that does not last', async () => {
    const { rows } = await gateway.database.query(
      `SELECT kind, expires_at < now() + interval '15 minutes' AS short FROM admin_token`,
    );
    expect(rows).toEqual([{ kind: 'bootstrap', short: true }]);
    const answer = await new AdminClient(gateway.url, gateway.adminToken).get('/admin/v1/me');
    expect(verdictOf(answer)).toBe('401 invalid_api_key');
  });

  it('the next one prints another, as long as there is no operator', async () => {
    const output = await seed();
    const [printed = ''] = tokenForm.exec(output) ?? [];
    expect(printed).not.toBe(gateway.adminToken);
    expect(output).toContain('/admin/v1/bootstrap');
    const { body } = await new AdminClient(gateway.url, printed).post('/admin/v1/bootstrap');
    lasting = String(body.token);
    expect(lasting).toMatch(tokenForm);
  });

  it('the lasting token works, the printed ones never again', async () => {
    const operator = new AdminClient(gateway.url, lasting);
    expect((await operator.get('/admin/v1/me')).body.kind).toBe('operator');
    const again = await new AdminClient(gateway.url, gateway.adminToken).post(
      '/admin/v1/bootstrap',
    );
    expect(verdictOf(again)).toBe('401 invalid_api_key');
  });

  it('later starts print none', async () => {
    expect(await seed()).not.toMatch(tokenForm);
  });
});

describe('ADMIN_TOKEN', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  let program: Program | undefined;
  afterEach(() => program?.kill());

  const start = (script: string, token: string): Program => {
    const settings = { NODE_ENV: 'test', DATA_DIR: '/nonexistent', PORT: '0' };
    program = new Program(script, {
      ...settings,
      DATABASE_URL: database.appUrl,
      ADMIN_TOKEN: token,
    });
    return program;
  };

  it.each([
    ['dist/seed.js', 1],
    ['dist/main.js', 78],
    ['dist/worker.js', 78],
  ])('that is well known ends %s with %i, in a line that does not show it', async (script, end) => {
    const { ended } = start(script, 'changeme');
    expect(await ended).toBe(end);
    expect(program?.output).toMatch(/ADMIN_TOKEN: must have at least 32 characters/);
    expect(program?.output).not.toContain('changeme');
  });

  it('that is strong is enough: no other token is made or printed', async () => {
    const { ended } = start('dist/seed.js', randomBytes(32).toString('hex'));
    expect([await ended, program?.output]).toEqual([
      0,
      expect.stringMatching(/osm_[0-9A-Za-z]{46}/),
    ]);
    expect(program?.output).not.toMatch(tokenForm);
  });
});
