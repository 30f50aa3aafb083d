import { Global, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { AuthenticationFailuresService } from '../access/authentication-failures.service.js';
import { AuditLogController } from '../audit/audit-log.controller.js';
import { AuditLogService } from '../audit/audit-log.service.js';
import { AuditService } from '../audit/audit.service.js';
import { ActorController } from './actor.controller.js';
import { AdminAnswerInterceptor } from './admin-answer.adapter.js';
import { AdminAuthenticationService } from './admin-authentication.service.js';
import { AdminChangeService } from './admin-change.service.js';
import { AdminTokenController } from './admin-token.controller.js';
import { AdminTokenService } from './admin-token.service.js';
import { AdminGuard } from './admin.guard.js';
import { BootstrapTokenService } from './bootstrap-token.service.js';
import { BootstrapController } from './bootstrap.controller.js';
import { BootstrapService } from './bootstrap.service.js';
import { IdempotencyService } from './idempotency.service.js';
import { MemberTokenController } from './member-token.controller.js';
import { MemberTokenService } from './member-token.service.js';
import { OperatorTokenService } from './operator-token.service.js';

/** What every part of the admin API stands on: who may in, how things are changed, and what was changed. */
@Global()
@Module({
  controllers: [
    ActorController,
    AdminTokenController,
    AuditLogController,
    BootstrapController,
    MemberTokenController,
  ],
  providers: [
    { provide: APP_INTERCEPTOR, useClass: AdminAnswerInterceptor },
    AdminAuthenticationService,
    AdminChangeService,
    AdminGuard,
    AdminTokenService,
    AuditLogService,
    AuditService,
    AuthenticationFailuresService,
    BootstrapService,
    BootstrapTokenService,
    IdempotencyService,
    MemberTokenService,
    OperatorTokenService,
  ],
  exports: [
    AdminAuthenticationService,
    AdminChangeService,
    AdminGuard,
    AdminTokenService,
    AuditService,
    AuthenticationFailuresService,
    IdempotencyService,
  ],
})
export class AdminModule {}
