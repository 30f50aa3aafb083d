import { Global, Module } from '@nestjs/common';
import { AdminTokenService } from './admin/admin-token.service.js';
import { AdminGuard } from './admin/admin.guard.js';
import { FirstTenantService } from './first-tenant.service.js';
import { ApiKeyGuard } from './keys/api-key.guard.js';
import { ApiKeyService } from './keys/api-key.service.js';

/** Organizations, projects and keys, and the guards that every module's controllers use. */
@Global()
@Module({
  providers: [ApiKeyService, ApiKeyGuard, AdminTokenService, AdminGuard],
  exports: [ApiKeyService, ApiKeyGuard, AdminTokenService, AdminGuard],
})
export class TenantsModule {}

/** What makes the first organization, for the seed. */
@Module({ providers: [FirstTenantService], exports: [FirstTenantService] })
export class FirstTenantModule {}
