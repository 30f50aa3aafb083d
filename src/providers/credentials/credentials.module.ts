import { Module } from '@nestjs/common';
import { UpstreamClient } from '../upstream.client.js';
import { CredentialChangeService } from './credential-change.service.js';
import { CredentialCheckService } from './credential-check.service.js';
import { CredentialProbeService } from './credential-probe.service.js';
import { CredentialListService } from './credential-list.service.js';
import { CredentialReplacementService } from './credential-replacement.service.js';
import { CredentialTrialService } from './credential-trial.service.js';
import { CredentialService } from './credential.service.js';
import { EnvironmentCredentialsService } from './environment-credentials.service.js';
import { AccessTokenService } from './access-token.service.js';
import { OrganizationCredentialController } from './organization-credential.controller.js';
import { PlatformCredentialController } from './platform-credential.controller.js';
import { StoredCredentialService } from './stored-credential.service.js';

/** Keys for providers, their administration, and the way on which they leave. */
@Module({
  controllers: [OrganizationCredentialController, PlatformCredentialController],
  providers: [
    CredentialChangeService,
    CredentialCheckService,
    CredentialListService,
    CredentialProbeService,
    CredentialReplacementService,
    CredentialService,
    CredentialTrialService,
    EnvironmentCredentialsService,
    AccessTokenService,
    StoredCredentialService,
    UpstreamClient,
  ],
  exports: [CredentialService, StoredCredentialService, UpstreamClient],
})
export class CredentialsModule {}
