import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { DatabaseService } from '../database.service.js';
import { Environment } from '../env.js';
import { HealthService } from './health.service.js';

/** What this process stands on: the database, and the backend of the queue that its worker uses. */
@Injectable()
export class PlatformChecksService implements OnModuleInit, OnApplicationShutdown {
  private redis: Promise<Redis> | undefined;

  constructor(
    private readonly health: HealthService,
    private readonly database: DatabaseService,
    private readonly environment: Environment,
  ) {}

  onModuleInit(): void {
    this.health.register('database', async () => {
      await this.database.pool.query('SELECT 1');
    });
    this.health.register('queue', () => this.queue());
  }

  async onApplicationShutdown(): Promise<void> {
    (await this.redis)?.disconnect();
  }

  private async queue(): Promise<void> {
    const { REDIS_URL } = this.environment;
    if (REDIS_URL === undefined) {
      const { rows } = await this.database.pool.query<{ ready: boolean }>(
        "SELECT to_regnamespace('bullmq') IS NOT NULL AS ready",
      );
      if (rows[0]?.ready !== true) throw new Error('no worker has made the queue yet');
      return;
    }
    this.redis ??= connect(REDIS_URL);
    await (await this.redis).ping();
  }
}

/** Its client is loaded only where there is a Redis. */
async function connect(url: string): Promise<Redis> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: true });
  // The check itself tells that Redis is away.
  redis.on('error', () => undefined);
  return redis;
}
