import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../generated/prisma/client.js';
import { Environment } from './env.js';

const MAX_CONNECTIONS = 8;

/** The schema's owner in code: admin, reading and seeding go through it. */
@Injectable()
export class PrismaService extends PrismaClient implements OnModuleDestroy {
  constructor(environment: Environment) {
    super({
      adapter: new PrismaPg({
        connectionString: environment.DATABASE_URL,
        max: MAX_CONNECTIONS,
        connectionTimeoutMillis: 5_000,
      }),
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.$disconnect();
  }
}
