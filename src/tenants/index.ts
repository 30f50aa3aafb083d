export { AdminGuard } from './admin/admin.guard.js';
export { FirstTenantService } from './first-tenant.service.js';
export { ApiKeyGuard, principalOf } from './keys/api-key.guard.js';
export { ApiKeyService } from './keys/api-key.service.js';
export { FirstTenantModule, TenantsModule } from './tenants.module.js';
