import { Global, Module } from '@nestjs/common';
import { DatabaseService } from './database.service.js';
import { Environment } from './env.js';
import { readEnvironment } from './read-environment.js';
import { NotificationService } from './notification.service.js';
import { ProcessEndService } from './process-end.service.js';
import { PrismaService } from './prisma.service.js';
import { SecretBoxService } from './secrets/secret-box.service.js';
import { ShutdownService } from './shutdown.service.js';
import { TenantDatabaseService } from './tenant-database.service.js';

/** What every module may use: settings, database, notifications. */
@Global()
@Module({
  providers: [
    { provide: Environment, useFactory: () => readEnvironment(process.env) },
    PrismaService,
    DatabaseService,
    NotificationService,
    ProcessEndService,
    SecretBoxService,
    ShutdownService,
    TenantDatabaseService,
  ],
  exports: [
    Environment,
    PrismaService,
    DatabaseService,
    NotificationService,
    ProcessEndService,
    SecretBoxService,
    ShutdownService,
    TenantDatabaseService,
  ],
})
export class PlatformModule {}
