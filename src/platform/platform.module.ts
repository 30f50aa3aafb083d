import { Global, Module } from '@nestjs/common';
import { DatabaseService } from './database.service.js';
import { Environment, readEnvironment } from './env.js';
import { NotificationService } from './notification.service.js';
import { PrismaService } from './prisma.service.js';

/** What every module may use: settings, database, notifications. */
@Global()
@Module({
  providers: [
    { provide: Environment, useFactory: () => readEnvironment(process.env) },
    PrismaService,
    DatabaseService,
    NotificationService,
  ],
  exports: [Environment, PrismaService, DatabaseService, NotificationService],
})
export class PlatformModule {}
