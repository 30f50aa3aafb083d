import { once, EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Program, type ProgramEnd } from '../support/program.js';

const READY_LIMIT_MS = 180_000;
const PAUSE_AFTER_CRASH_MS = 500;

/** A program of the gateway that is started again whenever it ends. */
export class KeptProgram {
  /** Ends that nobody asked for, with the last that was printed. */
  readonly crashes: string[] = [];
  kills = 0;
  private program: Program | undefined;
  private message: Record<string, unknown> | undefined;
  private expected = false;
  private stopping = false;
  private running: Promise<void> | undefined;
  private readonly events = new EventEmitter().setMaxListeners(0);

  constructor(
    readonly script: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  begin(): void {
    this.running = this.keep();
  }

  /** Where it listens, while it does. Without a trailing slash. */
  get url(): string | undefined {
    const { listening } = this.message ?? {};
    return typeof listening === 'string' ? listening.replace(/\/$/, '') : undefined;
  }

  get pid(): number | undefined {
    return this.program?.pid;
  }

  /** Everything that the process that runs now has printed. */
  get output(): string {
    return this.program?.output ?? '';
  }

  /** Resolves when it serves. @throws Error if it does not within three minutes */
  async ready(): Promise<void> {
    const signal = AbortSignal.timeout(READY_LIMIT_MS);
    while (!this.message) {
      await once(this.events, 'ready', { signal }).catch(() => {
        throw new Error(`${this.script} is not ready: ${this.output.slice(-2_000)}`);
      });
    }
  }

  /** Calls `listener` whenever it serves again. */
  onReady(listener: () => void): void {
    this.events.on('ready', listener);
  }

  /** kill -9; it is started again. False if it was between two lives. */
  async kill(): Promise<boolean> {
    const { program } = this;
    if (!program || this.expected) return false;
    this.expected = true;
    this.kills++;
    await program.kill();
    return true;
  }

  /** Asks it to end, however long it takes; it is started again. Gives how it ended. */
  async restart(): Promise<ProgramEnd> {
    const { program } = this;
    if (!program) return null;
    this.expected = true;
    program.signal('SIGTERM');
    return program.ended;
  }

  /** Stops it where it is. It may end by itself when it goes on, as one does whose lease was taken back. */
  freeze(): void {
    this.expected = true;
    this.program?.signal('SIGSTOP');
  }

  thaw(): void {
    this.program?.signal('SIGCONT');
  }

  /** Ends it in good order and for good. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.program?.stop();
    await this.running;
  }

  private async keep(): Promise<void> {
    while (!this.stopping) {
      const crashed = await this.live();
      if (crashed && !this.stopping) await sleep(PAUSE_AFTER_CRASH_MS);
    }
  }

  /** One life of the program; true if nobody had asked for its end. */
  private async live(): Promise<boolean> {
    const program = new Program(this.script, this.environment);
    this.program = program;
    this.expected = false;
    try {
      this.message = await program.ready();
      this.events.emit('ready');
    } catch {
      await program.kill();
    }
    const end = await program.ended;
    this.message = undefined;
    if (this.expected || this.stopping) return false;
    this.crashes.push(`${this.script} ended with ${String(end)}: ${program.output.slice(-2_000)}`);
    return true;
  }
}
