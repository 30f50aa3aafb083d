import { Logger } from '@nestjs/common';
import { jest } from '@jest/globals';
import type { Principal } from '../../src/core/principal.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { readEnvironment } from '../../src/platform/read-environment.js';
import { NotificationService } from '../../src/platform/notification.service.js';
import { PrismaService } from '../../src/platform/prisma.service.js';
import { SecretBoxService } from '../../src/platform/secrets/secret-box.service.js';
import { TenantDatabaseService } from '../../src/platform/tenant-database.service.js';
import { CredentialService } from '../../src/providers/credentials/credential.service.js';
import { EnvironmentCredentialsService } from '../../src/providers/credentials/environment-credentials.service.js';
import { StoredCredentialService } from '../../src/providers/credentials/stored-credential.service.js';
import { openai } from '../../src/providers/definitions/openai.js';

/** As much of a gateway process as knows credentials. */
export interface CredentialProcess {
  /** How often credentials were read from the database. */
  reads(): number;
  /** The secrets that a principal's calls use at OpenAI; waits where a call would. */
  secretsFor(principal: Principal): Promise<string[]>;
  /** Its way to the table, for what is not kept in memory. */
  readonly stored: StoredCredentialService;
  /** Whether a call of this principal would not have to wait. */
  isWarm(principal: Principal): boolean;
  close(): Promise<void>;
}

/** Starts one on a database, with these key-encryption keys. Silences its complaints. */
export async function startCredentialProcess(
  databaseUrl: string,
  keys: string,
  more: Readonly<Record<string, string>> = {},
): Promise<CredentialProcess> {
  const environment = readEnvironment({
    NODE_ENV: 'test',
    DATABASE_URL: databaseUrl,
    KEY_ENCRYPTION_KEYS: keys,
    ...more,
  });
  jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const prisma = new PrismaService(environment);
  const notifications = new NotificationService(environment);
  const secrets = new SecretBoxService(environment);
  const fromEnvironment = new EnvironmentCredentialsService(environment);
  const database = new TenantDatabaseService(prisma);
  const connections = new DatabaseService(environment);
  const stored = new StoredCredentialService(
    database,
    connections,
    secrets,
    fromEnvironment,
    environment,
  );
  const reading = jest.spyOn(stored, 'read');
  const credentials = new CredentialService(fromEnvironment, stored, notifications, secrets);
  await credentials.onModuleInit();
  return {
    reads: () => reading.mock.calls.length,
    secretsFor: async (principal) => {
      await credentials.ready(principal);
      return credentials.credentialsFor(openai, principal).map(({ secret }) => secret);
    },
    stored,
    isWarm: (principal) => credentials.ready(principal) === undefined,
    close: async () => {
      credentials.onApplicationShutdown();
      await notifications.onApplicationShutdown();
      await prisma.onApplicationShutdown();
      await connections.onApplicationShutdown();
    },
  };
}
