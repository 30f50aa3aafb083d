import { Injectable } from '@nestjs/common';
import { toGatewayError, type GatewayError } from '../../core/errors.js';
import type { ProviderDefinition } from '../../core/provider.js';
import type { Credential } from '../../core/target.js';
import { PROTOCOLS } from '../protocols/registry.js';
import { settingFields } from '../protocols/setting-fields.js';
import { badAnswer, refusedSecret, unreachable } from './check-failure.js';
import {
  CredentialProbeService,
  type Probe,
  type ProbeAnswer,
} from './credential-probe.service.js';

const TIME_LIMIT_MS = 10_000;
const LIST_OF_MODELS = '/models';

/** A call for nothing: who is let in is told what is wrong with it. */
const EMPTY_CALL: Probe = {
  path: '/chat/completions',
  body: { model: '', messages: [], max_tokens: 1 },
};

const ABSENT: ReadonlySet<number> = new Set([404, 405]);
/** With these a provider tells those whose key it knows what it found wrong with a request. */
const READ: ReadonlySet<number> = new Set([400, 402, 404, 422]);

/** What a provider says to a credential that asks for the list of its models. */
type Listing = 'accepted' | 'open to everybody' | 'absent' | 'unclear';

type Ask = (provider: ProviderDefinition, probe: Probe) => Promise<ProbeAnswer>;

/** Tries credentials at their providers, by requests that cost nothing. */
@Injectable()
export class CredentialCheckService {
  constructor(private readonly probes: CredentialProbeService) {}

  /**
   * Whether the provider accepts the credential; false where it neither accepts nor refuses it. It is asked for its
   * list of models; where everybody may see that, or it has none, a call for nothing tells.
   * @throws GatewayError invalid_parameter: `secret` where it is refused, `base_url` where no such provider answers
   */
  async check(provider: ProviderDefinition, credential: Credential): Promise<boolean> {
    const ask = this.asking(credential);
    if (provider.probeCall) {
      const { path, body } = provider.probeCall;
      const probe = { path, body: { ...body, ...settingFields({ provider, credential }) } };
      return isLetIn(await ask(provider, probe), credential);
    }
    const listing = await listingOf(ask, provider, credential);
    if (listing === 'accepted' || listing === 'unclear') return listing === 'accepted';
    if (provider.protocol !== 'chat-completions') {
      if (listing === 'absent') throw badAnswer(credential, 'has no list of models');
      return false;
    }
    const { status } = await ask(provider, EMPTY_CALL);
    if (listing === 'absent' && ABSENT.has(status))
      throw badAnswer(credential, `answers with status ${status}`);
    return status < 300 || READ.has(status);
  }

  /** Asks in what is left of the time. The answer refuses no key. */
  private asking(credential: Credential): Ask {
    const deadline = performance.now() + TIME_LIMIT_MS;
    return async (provider, probe) => {
      const destination = { baseUrl: credential.baseUrl, provider, credential };
      const timeLeft = Math.max(1, deadline - performance.now());
      const answer = await this.probes
        .ask(destination, probe, timeLeft)
        .catch((error: unknown) => Promise.reject(unreachable(toGatewayError(error), credential)));
      const refusal = refusalIn(answer, provider);
      if (refusal && provider.auth.kind !== 'none') throw refusedSecret(refusal, credential);
      return answer;
    };
  }
}

async function listingOf(
  ask: Ask,
  provider: ProviderDefinition,
  credential: Credential,
): Promise<Listing> {
  const list = { path: provider.probePath ?? LIST_OF_MODELS };
  const answer = await ask(provider, list);
  if (ABSENT.has(answer.status)) return 'absent';
  if (answer.status === 429) return 'unclear';
  if (!isSuccess(answer)) throw badAnswer(credential, `answers with status ${answer.status}`);
  if (!/^\s*[[{]/.test(answer.body)) throw badAnswer(credential, 'answers, but not as an API does');
  if (provider.probePath !== undefined) return 'accepted';
  const anonymous = await ask({ ...provider, auth: { kind: 'none' } }, list);
  return isSuccess(anonymous) ? 'open to everybody' : 'accepted';
}

/** Whether the answer to a call that costs nothing says that its key is known. */
function isLetIn({ status }: ProbeAnswer, credential: Credential): boolean {
  if (status >= 500 || status === 405) throw badAnswer(credential, `answers with status ${status}`);
  // Not found may be the model as well as the address.
  return status < 300 || (READ.has(status) && status !== 404);
}

/** The error by which an answer refuses a key, in whatever way the provider's protocol does that. */
function refusalIn(answer: ProbeAnswer, provider: ProviderDefinition): GatewayError | undefined {
  if (isSuccess(answer)) return undefined;
  const failure = { status: answer.status, body: parse(answer.body), retryAfterSeconds: undefined };
  const error = PROTOCOLS[provider.protocol].fromUpstreamError(failure, { provider });
  return error.code === 'upstream_auth_failed' ? error : undefined;
}

function isSuccess({ status }: ProbeAnswer): boolean {
  return status >= 200 && status < 300;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
