import { Global, Module } from '@nestjs/common';
import { AddressRulesService } from './access/address-rules.service.js';
import { ClientAddressService } from './access/client-address.service.js';
import { AdminTokenService } from './admin/admin-token.service.js';
import { AdminModule } from './admin/admin.module.js';
import { BootstrapTokenService } from './admin/bootstrap-token.service.js';
import { AuditService } from './audit/audit.service.js';
import { FirstTenantService } from './first-tenant.service.js';
import { ApiKeyGuard } from './keys/api-key.guard.js';
import { ApiKeyService } from './keys/api-key.service.js';
import { KeyCreationService } from './keys/key-creation.service.js';
import { KeyExistenceService } from './keys/key-existence.service.js';
import { KeyInvalidationService } from './keys/key-invalidation.service.js';
import { KeyRotationService } from './keys/key-rotation.service.js';
import { KeyRowsService } from './keys/key-rows.service.js';
import { KeysController } from './keys/keys.controller.js';
import { KeysService } from './keys/keys.service.js';
import { MemberRowsService } from './members/member-rows.service.js';
import { MembersController } from './members/members.controller.js';
import { MembersService } from './members/members.service.js';
import { OrganizationDeletionService } from './organizations/organization-deletion.service.js';
import { OrganizationsController } from './organizations/organizations.controller.js';
import { OrganizationsService } from './organizations/organizations.service.js';
import { ProjectsController } from './projects/projects.controller.js';
import { ProjectsService } from './projects/projects.service.js';
import { BoundsReaderService } from './rules/bounds-reader.service.js';
import { RulesController } from './rules/rules.controller.js';
import { RulesService } from './rules/rules.service.js';

/** Organizations, projects and keys, and the guards that every module's controllers use. */
@Global()
@Module({
  imports: [AdminModule],
  controllers: [
    KeysController,
    MembersController,
    OrganizationsController,
    ProjectsController,
    RulesController,
  ],
  providers: [
    ClientAddressService,
    AddressRulesService,
    ApiKeyService,
    ApiKeyGuard,
    BoundsReaderService,
    KeyCreationService,
    KeyExistenceService,
    KeyInvalidationService,
    KeyRotationService,
    KeyRowsService,
    KeysService,
    MemberRowsService,
    MembersService,
    OrganizationDeletionService,
    OrganizationsService,
    ProjectsService,
    RulesService,
  ],
  exports: [
    BoundsReaderService,
    ClientAddressService,
    AddressRulesService,
    ApiKeyService,
    ApiKeyGuard,
    AdminModule,
    KeyExistenceService,
    KeyInvalidationService,
  ],
})
export class TenantsModule {}

/** What lets the first tenant and the first operator in, for the seed. */
@Module({
  providers: [AdminTokenService, AuditService, BootstrapTokenService, FirstTenantService],
  exports: [BootstrapTokenService, FirstTenantService],
})
export class FirstTenantModule {}
