import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../generated/prisma/client.js';
import { Environment } from './env.js';
import { everyOrganization } from './gateway-connection.js';

const MAX_CONNECTIONS = 8;

/** The schema's owner in code: admin, reading and seeding go through it. */
@Injectable()
export class PrismaService extends PrismaClient implements OnApplicationShutdown {
  constructor(environment: Environment) {
    super({
      adapter: new PrismaPg({
        connectionString: everyOrganization(environment.DATABASE_URL),
        max: MAX_CONNECTIONS,
        connectionTimeoutMillis: 5_000,
      }),
    });
  }

  /** Late: until then calls are drained and the journal is posted. */
  async onApplicationShutdown(): Promise<void> {
    await this.$disconnect();
  }
}
