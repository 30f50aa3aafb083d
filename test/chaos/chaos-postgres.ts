import { execFileSync } from 'node:child_process';

/** The embedded Postgres, as the scripts start it. */
export interface RunningPostgres {
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly port: number;
  readonly pid: number;
  readonly ended: Promise<void>;
  stop(milliseconds?: number): Promise<void>;
}

/** Starts it on a cluster that is there already; on a free port unless one is named. */
export type StartPostgres = (port?: number) => Promise<RunningPostgres>;

/** A Postgres that can be stopped and crashed, and comes back under the same address. */
export class ChaosPostgres {
  private frozen: number[] = [];

  private constructor(
    private readonly start: StartPostgres,
    private running: RunningPostgres,
  ) {}

  static async begin(start: StartPostgres): Promise<ChaosPostgres> {
    return new ChaosPostgres(start, await start());
  }

  get ownerUrl(): string {
    return this.running.ownerUrl;
  }

  get appUrl(): string {
    return this.running.appUrl;
  }

  /** Stops all its processes where they are; their connections stay open and answer nothing. */
  freeze(): void {
    // The postmaster first, so that no child is born meanwhile.
    this.frozen = [this.running.pid, ...childrenOf(this.running.pid)];
    for (const pid of this.frozen) send(pid, 'SIGSTOP');
  }

  thaw(): void {
    for (const pid of this.frozen.toReversed()) send(pid, 'SIGCONT');
    this.frozen = [];
  }

  /** kill -9 of all its processes at once. Its guard stays to bury it, and then ends. */
  async crash(): Promise<void> {
    const { pid, ended } = this.running;
    for (const each of [pid, ...childrenOf(pid)]) send(each, 'SIGKILL');
    await ended;
  }

  /** After a crash: the same data under the same address. */
  async restart(): Promise<void> {
    this.running = await this.start(this.running.port);
  }

  async stop(): Promise<void> {
    this.thaw();
    await this.running.stop();
  }
}

function childrenOf(parent: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).split('\n');
  return lines
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid, of]) => (pid !== undefined && of === parent ? [pid] : []));
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
