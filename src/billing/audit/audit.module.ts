import { Module } from '@nestjs/common';
import { LedgerAuditService } from './ledger-audit.service.js';
import { RecomputeService } from './recompute.service.js';

/** The audit by itself, for the command. */
@Module({ providers: [LedgerAuditService, RecomputeService], exports: [LedgerAuditService] })
export class AuditModule {}
