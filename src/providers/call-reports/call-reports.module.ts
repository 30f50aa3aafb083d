import { Module } from '@nestjs/common';
import { CredentialProbeService } from '../credentials/credential-probe.service.js';
import { EnvironmentCredentialsService } from '../credentials/environment-credentials.service.js';
import { AccessTokenService } from '../credentials/access-token.service.js';
import { StoredCredentialService } from '../credentials/stored-credential.service.js';
import { UpstreamClient } from '../upstream.client.js';
import { CallReportClient } from './call-report.client.js';

/** Asking providers about calls that were made, without catalogue and routing: for the worker. */
@Module({
  providers: [
    CallReportClient,
    CredentialProbeService,
    EnvironmentCredentialsService,
    AccessTokenService,
    StoredCredentialService,
    UpstreamClient,
  ],
  exports: [CallReportClient],
})
export class CallReportsModule {}
