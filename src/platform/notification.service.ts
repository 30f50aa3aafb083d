import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { Environment } from './env.js';

type Listener = (payload: string) => void;

const RECONNECT_MS = 500;
/** A connection that leaves a statement unanswered for so long is given up. */
const SILENCE_MS = 5_000;

/**
 * Postgres NOTIFY as events. A listener whose connection was lost is told by `onGap`: what it missed is unknown, so
 * it must act as if everything had changed.
 */
@Injectable()
export class NotificationService implements OnApplicationShutdown {
  private readonly logger = new Logger(NotificationService.name);
  private readonly listeners = new Map<string, Listener[]>();
  private readonly gapListeners: ((isConnected: boolean) => void)[] = [];
  private client: pg.Client | undefined;
  private connecting: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly environment: Environment) {}

  /** Calls `listener` with the payload of every notification on `channel`; resolves once it is listened to. */
  async listen(channel: string, listener: Listener): Promise<void> {
    const known = this.listeners.get(channel);
    if (known) {
      known.push(listener);
      return;
    }
    this.listeners.set(channel, [listener]);
    if (this.client) await this.client.query(`LISTEN "${channel}"`);
    else await (this.connecting ??= this.connect());
  }

  /**
   * Calls `listener` whenever notifications may have been missed: when the connection was lost, and (`isConnected`) when
   * there is one again.
   */
  onGap(listener: (isConnected: boolean) => void): void {
    this.gapListeners.push(listener);
  }

  /**
   * Runs a statement on the connection that listens. Postgres sends a connection what it is to be told before it says
   * that a statement is done: when this resolves, every notification that was committed before it began was delivered.
   * @throws Error while there is no connection, and when it breaks
   */
  async query(statement: pg.QueryConfig): Promise<void> {
    const { client } = this;
    if (!client) throw new Error('the notification connection is down');
    await run(client, statement);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.environment.DATABASE_URL,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
    });
    client.on('notification', ({ channel, payload }) => {
      for (const listener of this.listeners.get(channel) ?? []) listener(payload ?? '');
    });
    client.on('error', (error) =>
      this.logger.warn(`notification connection lost: ${error.message}`),
    );
    client.on('end', () => this.reconnect(client));
    await client.connect();
    for (const channel of this.listeners.keys()) await run(client, { text: `LISTEN "${channel}"` });
    this.client = client;
    this.connecting = undefined;
  }

  private reconnect(lost: pg.Client): void {
    if (this.stopped || this.client !== lost) return;
    this.client = undefined;
    for (const listener of this.gapListeners) listener(false);
    const attempt = (): void => {
      if (this.stopped) return;
      this.connect().then(
        () => {
          for (const listener of this.gapListeners) listener(true);
        },
        () => setTimeout(attempt, RECONNECT_MS).unref(),
      );
    };
    setTimeout(attempt, RECONNECT_MS).unref();
  }
}

/** Gives the connection up where the statement stays unanswered. */
async function run(client: pg.Client, statement: pg.QueryConfig): Promise<void> {
  const silence = setTimeout(() => client.connection.stream.destroy(), SILENCE_MS);
  try {
    await client.query(statement);
  } finally {
    clearTimeout(silence);
  }
}
