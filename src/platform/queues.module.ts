import { BullModule } from '@nestjs/bullmq';
import { Module, type DynamicModule } from '@nestjs/common';
import { createPostgresBackend, setDefaultBackendFactory, type QueueOptions } from 'bullmq';
import { Environment } from './env.js';
import { ClosableQueue, ClosableWorker } from './queue-close.adapter.js';

const QUEUE_CONNECTIONS = 4;
const PREFIX = 'osm';

BullModule.queueClass = ClosableQueue;
BullModule.workerClass = ClosableWorker;

/** BullMQ on Redis where REDIS_URL is set, else on Postgres in a schema of its own. */
@Module({})
export class QueuesModule {
  /** The queue of that name, to inject, and to process in the worker. */
  static queue(name: string): DynamicModule {
    return BullModule.registerQueue({ name });
  }

  static forRoot(): DynamicModule {
    const queues = BullModule.forRootAsync({
      inject: [Environment],
      useFactory: ({ REDIS_URL, DATABASE_URL }: Environment) =>
        queueOptions(REDIS_URL, DATABASE_URL),
    });
    return { module: QueuesModule, imports: [queues] };
  }
}

function queueOptions(redisUrl: string | undefined, databaseUrl: string): QueueOptions {
  if (redisUrl) {
    // Commands sent while Redis is away fail at once; what they would have queued is found again by the sweeps.
    return {
      prefix: PREFIX,
      connection: { url: redisUrl, enableOfflineQueue: false, maxRetriesPerRequest: null },
    };
  }
  setDefaultBackendFactory(createPostgresBackend);
  // The type of `connection` knows Redis alone, and lets pass what the Postgres backend set above reads.
  const connection = { connectionString: databaseUrl, max: QUEUE_CONNECTIONS, migrate: true };
  return { connection };
}
