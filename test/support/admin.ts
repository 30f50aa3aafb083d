import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DynamicModule, Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { ROLES, type Role } from '../../src/core/admin.js';
import { Environment } from '../../src/platform/env.js';
import { readEnvironment } from '../../src/platform/read-environment.js';
import { HotLaneAdapter } from '../../src/platform/http/hot-lane.adapter.js';
import { HttpModule } from '../../src/platform/http/http.module.js';
import { hardenServer } from '../../src/platform/http/server.adapter.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { nextUlid } from '../../src/platform/ulid.adapter.js';
import { TenantsModule } from '../../src/tenants/index.js';
import { createKey } from '../../src/tenants/keys/key-format.js';
import { AdminClient } from './admin-caller.js';
import { createTestDatabase } from './database.js';
import { connect, type Rows } from './tenant.js';

type ModuleImport = Type | DynamicModule;

export interface AdminApiOptions {
  /** In place of platform, HTTP and tenants, or more than these. */
  readonly modules?: readonly ModuleImport[];
  readonly more?: readonly ModuleImport[];
  readonly environment?: Readonly<Record<string, string>>;
  /** False: without the second wall, so that it does not hide holes in the first. */
  readonly rowSecurity?: boolean;
}

export interface TestMember {
  readonly id: string;
  readonly tokenId: string;
  readonly token: string;
}

/** An organization with a project and a member of every role, each with a token. */
export interface TestOrganization {
  readonly id: string;
  /** `/admin/v1/organizations/<id>` */
  readonly path: string;
  readonly projectId: string;
  readonly members: Readonly<Record<Role, TestMember>>;
  /** Asks as the member with this role. */
  as(role: Role): AdminClient;
}

/** The admin API in this process, over HTTP, on a database of its own. */
export interface AdminApi {
  readonly url: string;
  readonly app: NestExpressApplication;
  /** The owner's connection to the database. */
  readonly rows: Rows;
  /** Where the gateway itself connects. */
  readonly databaseUrl: string;
  readonly operatorToken: string;
  /** Asks as an operator. */
  readonly operator: AdminClient;
  /** Asks with a token or key; without one if undefined. */
  as(token: string | undefined): AdminClient;
  makeOrganization(name?: string): Promise<TestOrganization>;
  close(): Promise<void>;
}

/** Starts it; takes about a second. */
export async function startAdminApi(options: AdminApiOptions = {}): Promise<AdminApi> {
  const database = await createTestDatabase();
  const rows = connect(database.url);
  const dataDirectory = mkdtempSync(path.join(tmpdir(), 'osm-admin-'));
  const cleanUp = async (): Promise<void> => {
    await rows.close();
    await database.drop();
    rmSync(dataDirectory, { recursive: true, force: true });
  };
  try {
    if (options.rowSecurity === false) await tearDownSecondWall(rows);
    const environment = readEnvironment({
      NODE_ENV: 'test',
      DATABASE_URL: database.appUrl,
      DATA_DIR: dataDirectory,
      TRUSTED_PROXIES: '127.0.0.1',
      MAX_EVENT_LOOP_DELAY_MS: '600000',
      ...options.environment,
    });
    const app = await createApp(environment, options);
    await app.listen(0, '127.0.0.1');
    return await adminApi(app, rows, database.appUrl, cleanUp);
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

async function adminApi(
  app: NestExpressApplication,
  rows: Rows,
  databaseUrl: string,
  cleanUp: () => Promise<void>,
): Promise<AdminApi> {
  const url = (await app.getUrl()).replace(/\/$/, '');
  const { token: operatorToken } = await insertToken(rows, {});
  return {
    url,
    app,
    rows,
    databaseUrl,
    operatorToken,
    operator: new AdminClient(url, operatorToken),
    as: (token) => new AdminClient(url, token),
    makeOrganization: (name) => makeOrganization(url, rows, name),
    close: async () => {
      await app.close();
      await cleanUp();
    },
  };
}

/** Row-level security of all tables, which the owner may end. */
async function tearDownSecondWall(rows: Rows): Promise<void> {
  const tables = await rows.query(
    `SELECT format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', oid::regclass) AS statement
     FROM pg_class WHERE relrowsecurity AND relkind IN ('r', 'p')`,
  );
  for (const { statement } of tables) await rows.query(String(statement));
}

async function createApp(
  environment: Environment,
  { modules = [PlatformModule, HttpModule, TenantsModule], more = [] }: AdminApiOptions,
): Promise<NestExpressApplication> {
  const module = await Test.createTestingModule({ imports: [...modules, ...more] })
    .overrideProvider(Environment)
    .useValue(environment)
    .compile();
  const app = module.createNestApplication<NestExpressApplication>(new HotLaneAdapter(), {
    bodyParser: false,
    logger: false,
  });
  hardenServer(app);
  return app;
}

/** A token, made behind the back of the API: an operator's where no member is named. */
export async function insertToken(
  rows: Rows,
  owner: { organizationId?: string; memberId?: string; kind?: string; expiresAt?: Date },
): Promise<{ tokenId: string; token: string }> {
  const { key, hash, prefix } = createKey('osmadm_');
  const tokenId = `adm_${nextUlid()}`;
  await rows.query(
    `INSERT INTO admin_token (id, organization_id, member_id, name, hash, prefix, kind, expires_at)
     VALUES ($1, $2, $3, 'test', $4, $5, $6, $7)`,
    [
      tokenId,
      owner.organizationId ?? null,
      owner.memberId ?? null,
      hash,
      prefix,
      owner.kind ?? 'lasting',
      owner.expiresAt ?? null,
    ],
  );
  return { tokenId, token: key };
}

/** An organization with a project and a member of every role, made behind the back of the API. */
export async function makeOrganization(
  url: string,
  rows: Rows,
  name = 'An organization',
): Promise<TestOrganization> {
  const id = `org_${nextUlid()}`;
  const projectId = `prj_${nextUlid()}`;
  await rows.query('INSERT INTO organization (id, name) VALUES ($1, $2)', [id, name]);
  await rows.query('INSERT INTO project (id, organization_id, name) VALUES ($1, $2, $3)', [
    projectId,
    id,
    'A project',
  ]);
  const entries: [Role, TestMember][] = [];
  for (const role of ROLES) entries.push([role, await insertMember(rows, id, role)]);
  const members = Object.fromEntries(entries) as Record<Role, TestMember>;
  return {
    id,
    path: `/admin/v1/organizations/${id}`,
    projectId,
    members,
    as: (role) => new AdminClient(url, members[role].token),
  };
}

/** A member with a token, made behind the back of the API. */
export async function insertMember(
  rows: Rows,
  organizationId: string,
  role: Role,
): Promise<TestMember> {
  const id = `mem_${nextUlid()}`;
  await rows.query(
    'INSERT INTO member (id, organization_id, email, name, role) VALUES ($1, $2, $3, $4, $5)',
    [id, organizationId, `${id.toLowerCase()}@example.com`, `A member (${role})`, role],
  );
  return { id, ...(await insertToken(rows, { organizationId, memberId: id })) };
}
