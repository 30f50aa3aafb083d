import { createTestDatabase, type TestDatabase } from './database.js';
import {
  insertKey,
  startKeyProcess,
  type KeyOptions,
  type KeyProcess,
  type StoredKey,
} from './key-process.js';
import { endSilence, silence } from './silence.js';
import { connect, makeTenant, type Rows } from './tenant.js';

/** Two processes that know keys, on one database; each test has an organization of its own. */
export class KeyStage {
  /** What the ids of the organization of this test end in. */
  tenant = '0';

  private constructor(
    readonly database: TestDatabase,
    readonly rows: Rows,
    readonly first: KeyProcess,
    readonly second: KeyProcess,
  ) {}

  /** Starts both; the log is silent until they are stopped. */
  static async start(): Promise<KeyStage> {
    silence('warn');
    const database = await createTestDatabase();
    const [first, second] = await Promise.all([
      startKeyProcess(database.appUrl),
      startKeyProcess(database.appUrl),
    ]);
    return new KeyStage(database, connect(database.url), first, second);
  }

  async stop(): Promise<void> {
    await Promise.all([this.first.close(), this.second.close()]);
    await this.rows.close();
    await this.database.drop();
    endSilence();
  }

  /** Before each test. */
  async begin(): Promise<void> {
    this.tenant = String(Number(this.tenant) + 1);
    await makeTenant(this.rows, this.tenant);
    this.first.reads = 0;
  }

  /** After each test. */
  end(): void {
    this.first.onRead = () => Promise.resolve();
  }

  /** Gives the organization of this test a key. */
  makeKey(more: KeyOptions = {}): Promise<StoredKey> {
    return insertKey(this.rows, this.tenant, more);
  }

  /** What each of the two says of a key. */
  verdicts(key: string | undefined): Promise<string[]> {
    return Promise.all([this.first, this.second].map((process) => process.verdict(key)));
  }

  /** Changes something behind the processes' backs and waits as the admin API does before it answers. */
  async change(sql: string, ...values: unknown[]): Promise<void> {
    await this.rows.query(sql, values);
    await this.first.invalidation.settled();
  }
}
