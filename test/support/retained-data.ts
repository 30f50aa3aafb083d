import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { nextUlid } from '../../src/platform/ulid.adapter.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { connect, makeTenant, type Rows } from './tenant.js';

const DAY = 86_400_000;

/** The moment so many days before now; after it where they are negative. */
export const daysAgo = (days: number): Date => new Date(Date.now() - days * DAY);

/** What is kept for a while; each test has two organizations of its own, so that tests do not meet. */
export class RetainedData {
  /** Ids of the two organizations. */
  a = '';
  b = '';

  private constructor(
    readonly database: TestDatabase,
    readonly rows: Rows,
    /** The gateway's own connection. */
    readonly service: DatabaseService,
  ) {}

  static async start(): Promise<RetainedData> {
    const database = await createTestDatabase();
    const environment = Object.assign(new Environment(), { DATABASE_URL: database.appUrl });
    return new RetainedData(database, connect(database.url), new DatabaseService(environment));
  }

  async stop(): Promise<void> {
    await this.service.pool.end();
    await this.rows.close();
    await this.database.drop();
  }

  /** Before each test. */
  async begin(): Promise<void> {
    const names = [nextUlid(), nextUlid()] as const;
    for (const name of names) await makeTenant(this.rows, name);
    [this.a, this.b] = [`org_${names[0]}`, `org_${names[1]}`];
  }

  /** Keeps a body of a call that began so many days ago and expires in so many. */
  async keepBody(
    organization: string,
    call: string,
    began: number,
    expires: number,
  ): Promise<void> {
    await this.rows.query(
      `INSERT INTO request_body (call_id, organization_id, key_id, wrapped_key, ciphertext, started_at, expires_at)
       VALUES ($1, $2, 'k', '', '', $3, $4)`,
      [call, organization, daysAgo(began), daysAgo(-expires)],
    );
  }

  /** What a table has of an organization: ids of calls without the organization's own. */
  async calls(table: string, organization: string): Promise<unknown[]> {
    const found = await this.rows.query(
      `SELECT call_id FROM ${table} WHERE organization_id = $1 ORDER BY call_id`,
      [organization],
    );
    return found.map((row) => String(row['call_id']).replace(organization, ''));
  }
}
