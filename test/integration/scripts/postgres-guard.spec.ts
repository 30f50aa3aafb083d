import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allGone, isAlive, Script, temporaryDirectory } from './processes.js';

const holder = `
  const { startPostgres } = await import(scripts + '/postgres.mjs');
  const { dataHome } = await import(scripts + '/postgres/places.mjs');
  const { directory } = dataHome(process.env.DATA_DIR, { withPostgres: true });
  const postgres = await startPostgres({ directory: directory + '/postgres', durable: false });
  process.once('SIGTERM', () => postgres.stop().then(() => process.exit(0)));
  console.log('postgres', postgres.pid, 'guard', postgres.guardPid);
  setInterval(() => {}, 1000);
`;

describe('the embedded Postgres', () => {
  let directory: ReturnType<typeof temporaryDirectory>;

  beforeAll(() => {
    directory = temporaryDirectory();
  });

  afterAll(() => directory.remove());

  async function start() {
    const parent = Script.module(holder, { DATA_DIR: directory.path });
    const [, postgres, guard] = await parent.printed(/postgres (\d+) guard (\d+)/);
    return { parent, postgres: Number(postgres), guard: Number(guard) };
  }

  it('ends when its parent is killed, and starts again on the same data', async () => {
    const { parent, postgres, guard } = await start();
    expect([isAlive(postgres), isAlive(guard)]).toEqual([true, true]);
    parent.kill('SIGKILL');
    await allGone([parent.pid, guard, postgres]);

    const again = await start();
    again.parent.kill('SIGTERM');
    expect(await again.parent.ended).toBe(0);
    await allGone([again.guard, again.postgres]);
  });

  it('ends when its guard is killed', async () => {
    const { parent, postgres, guard } = await start();
    process.kill(guard, 'SIGKILL');
    await allGone([postgres]);
    parent.kill('SIGKILL');
    await parent.ended;
  });

  it('is taken over when parent and guard were killed at once', async () => {
    const { parent, postgres, guard } = await start();
    process.kill(guard, 'SIGSTOP'); // Or it would still be in time to stop its Postgres.
    parent.kill('SIGKILL');
    process.kill(guard, 'SIGKILL');
    await allGone([parent.pid, guard]);
    expect(isAlive(postgres)).toBe(true);

    const again = await start();
    expect(isAlive(postgres)).toBe(false);
    again.parent.kill('SIGTERM');
    expect(await again.parent.ended).toBe(0);
  });
});
