import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Environment } from '../../src/platform/env.js';
import { PrismaService } from '../../src/platform/prisma.service.js';
import { TenantDatabaseService } from '../../src/platform/tenant-database.service.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { connect, makeTenant, type Rows } from '../support/tenant.js';

let database: TestDatabase;
let rows: Rows;
let prisma: PrismaService;
let tenants: TenantDatabaseService;

function prismaOn(url: string): PrismaService {
  return new PrismaService(Object.assign(new Environment(), { DATABASE_URL: url }));
}

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connect(database.url);
  await makeTenant(rows, 'a');
  await makeTenant(rows, 'b');
  prisma = prismaOn(database.appUrl);
  tenants = new TenantDatabaseService(prisma);
});
afterAll(async () => {
  await prisma.$disconnect();
  await rows.close();
  await database.drop();
});

const projects = { select: { id: true }, orderBy: { id: 'asc' } } as const;

describe('TenantDatabaseService', () => {
  it('shows the rows of one organization within it, and of all everywhere', async () => {
    const own = await tenants.within('org_a', ({ project }) => project.findMany(projects));
    expect(own).toEqual([{ id: 'prj_a' }]);
    const all = await tenants.everywhere(({ project }) => project.findMany(projects));
    expect(all).toEqual([{ id: 'prj_a' }, { id: 'prj_b' }]);
    expect(await tenants.within('org_c', ({ project }) => project.count())).toBe(0);
  });

  it('changes nothing in another organization, and does all of its work or none', async () => {
    const rename = { data: { name: 'renamed' } };
    const { count } = await tenants.within('org_a', ({ project }) => project.updateMany(rename));
    expect(count).toBe(1);
    const failed = tenants.within('org_b', async ({ project }) => {
      await project.updateMany(rename);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await rows.query('SELECT id, name FROM project ORDER BY id')).toEqual([
      { id: 'prj_a', name: 'renamed' },
      { id: 'prj_b', name: 'b' },
    ]);
  });

  it('says that it is busy where a lock is not to be had', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let taken: () => void = () => undefined;
    const isTaken = new Promise<void>((resolve) => (taken = resolve));
    const holder = tenants.everywhere(async (transaction) => {
      await transaction.$executeRaw`SELECT pg_advisory_xact_lock(1)`;
      taken();
      await held;
    });
    await isTaken;
    const second = tenants.everywhere(async (transaction) => {
      await transaction.$executeRaw`SELECT set_config('lock_timeout', '20ms', true)`;
      await transaction.$executeRaw`SELECT pg_advisory_xact_lock(1)`;
    });
    await expect(second).rejects.toMatchObject({ code: 'overloaded', retryAfterSeconds: 1 });
    release();
    await holder;
  });

  it('says that the database is away, and where it is only to the log', async () => {
    const lost = prismaOn('postgresql://somebody:password-1234@127.0.0.1:1/osm');
    const work = new TenantDatabaseService(lost).everywhere(({ project }) => project.count());
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'ledger_unavailable', retryAfterSeconds: 1 });
    expect(String(error)).not.toContain('127.0.0.1');
    await lost.$disconnect();
  });
});
