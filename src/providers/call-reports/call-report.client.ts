import { Injectable } from '@nestjs/common';
import type { ProviderDefinition } from '../../core/provider.js';
import type { Credential } from '../../core/target.js';
import { CredentialProbeService } from '../credentials/credential-probe.service.js';
import { EnvironmentCredentialsService } from '../credentials/environment-credentials.service.js';
import { findProvider, StoredCredentialService } from '../credentials/stored-credential.service.js';
import { parseJson } from '../protocols/json.js';
import type { CallReport, ReportedCall } from './call-report.js';
import { CALL_REPORTS } from './registry.js';

const TIME_LIMIT_MS = 15_000;
const NOT_FOUND = 404;
const REFUSED: ReadonlySet<number> = new Set([401, 403]);

/** Which call is asked about, and with whose key. */
export interface CallQuestion {
  readonly providerId: string;
  readonly organizationId: string;
  readonly credentialId: string;
  /** The provider's own id of the answer. */
  readonly upstreamId: string;
}

/** What came of asking; `unknown`: the provider knows no such call, or not yet. */
export type CallAnswer =
  | { readonly kind: 'reported'; readonly call: ReportedCall }
  | { readonly kind: 'unknown' | 'refused' | 'no_credential' | 'no_report' }
  | { readonly kind: 'unavailable'; readonly reason: string };

/** Asks providers what a call of theirs used and cost, on the way that calls themselves take. */
@Injectable()
export class CallReportClient {
  constructor(
    private readonly probes: CredentialProbeService,
    private readonly fromEnvironment: EnvironmentCredentialsService,
    private readonly stored: StoredCredentialService,
  ) {}

  /** @throws GatewayError ledger_unavailable where the credentials cannot be read */
  async ask(question: CallQuestion): Promise<CallAnswer> {
    const provider = findProvider(question.providerId);
    if (provider?.callReport === undefined) return { kind: 'no_report' };
    const credential = await this.credentialOf(question);
    if (!credential) return { kind: 'no_credential' };
    const report = CALL_REPORTS[provider.callReport];
    return this.answerOf(provider, credential, report, question.upstreamId);
  }

  private async answerOf(
    provider: ProviderDefinition,
    credential: Credential,
    report: CallReport,
    upstreamId: string,
  ): Promise<CallAnswer> {
    const destination = { baseUrl: credential.baseUrl, provider, credential };
    const probe = { path: report.pathOf(upstreamId), isReadWhole: true };
    try {
      const { status, body } = await this.probes.ask(destination, probe, TIME_LIMIT_MS);
      if (status === NOT_FOUND) return { kind: 'unknown' };
      if (REFUSED.has(status)) return { kind: 'refused' };
      if (status >= 300) return { kind: 'unavailable', reason: `status ${status}` };
      const call = report.read(parseJson(body));
      return call ? { kind: 'reported', call } : { kind: 'unknown' };
    } catch (error) {
      return { kind: 'unavailable', reason: String(error) };
    }
  }

  /** The one that the call was made with, and no other: another account does not know the call. */
  private async credentialOf(question: CallQuestion): Promise<Credential | undefined> {
    const { organizationId, credentialId } = question;
    const isWanted = ({ credential }: { readonly credential: Credential }): boolean =>
      credential.id === credentialId;
    const known =
      this.fromEnvironment.all().find(isWanted) ??
      (await this.stored.read(organizationId)).find(isWanted) ??
      (await this.stored.read(null)).find(isWanted);
    return known?.credential;
  }
}
