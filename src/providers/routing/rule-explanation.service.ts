import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { parseAddress } from '../../core/address-ranges.js';
import { GatewayError, toGatewayError } from '../../core/errors.js';
import type { Principal } from '../../core/principal.js';
import { decide } from '../../core/rules/decide.js';
import {
  addressError,
  BoundsReaderService,
  READERS,
  type BoundParty,
} from '../../tenants/index.js';
import { errorView, offerVerdictView, verdictView } from './rule-explanation-view.js';
import type {
  ExplainRulesDto,
  ExplainRulesOfDto,
  OfferVerdictView,
  RuleExplanationView,
} from './rule-explanation.dto.js';
import { RoutingService } from './routing.service.js';

/** Says which rule refuses what, by the same decisions that calls get. */
@Injectable()
export class RuleExplanationService {
  constructor(
    private readonly bounds: BoundsReaderService,
    private readonly routing: RoutingService,
  ) {}

  /**
   * For whoever may read the organization that the body names.
   * @throws GatewayError role_not_allowed; resource_not_found for another organization; what `explain` throws
   */
  async explainFor(
    { actor }: AdminRequest,
    { organization_id: organizationId, ...question }: ExplainRulesOfDto,
  ): Promise<RuleExplanationView> {
    const isForeign = actor.kind !== 'operator' && actor.organizationId !== organizationId;
    if (isForeign) {
      throw new GatewayError('resource_not_found', {
        param: 'organization_id',
        message: 'There is no such organization.',
      });
    }
    const isReader = actor.kind === 'member' && READERS.some((role) => role === actor.role);
    if (actor.kind !== 'operator' && !isReader) throw new GatewayError('role_not_allowed');
    return this.explain(organizationId, question);
  }

  /** @throws GatewayError invalid_parameter, resource_not_found */
  async explain(organizationId: string, question: ExplainRulesDto): Promise<RuleExplanationView> {
    const party = partyOf(question);
    const address = addressOf(question);
    const principal = await this.bounds.principalOf(organizationId, party);
    const verdict = address === undefined ? undefined : decide(principal.rules.levels, { address });
    const at = Date.now();
    const error =
      verdict && address !== undefined && !verdict.allowed
        ? addressError(address, verdict, principal.apiKeyId)
        : await this.routingError(question.model, principal, at);
    return {
      object: 'rule_explanation',
      id: party.id,
      organization_id: organizationId,
      model: question.model,
      allowed: error === undefined,
      error: error ? errorView(error) : null,
      address: verdict && address !== undefined ? { address, ...verdictView(verdict) } : null,
      offers: this.offerVerdicts(question.model, principal, at),
    };
  }

  /** What a small call is refused with. */
  private async routingError(
    model: string,
    principal: Principal,
    at: number,
  ): Promise<GatewayError | undefined> {
    try {
      await this.routing.ready(principal);
      this.routing.resolve(
        { model, messages: [{ role: 'user', content: 'Hello' }] },
        principal,
        at,
      );
      return undefined;
    } catch (error) {
      return toGatewayError(error);
    }
  }

  /** A name that reaches nothing has no offers; the error says so. */
  private offerVerdicts(model: string, principal: Principal, at: number): OfferVerdictView[] {
    try {
      return this.routing
        .permissions(model, principal, at)
        .map(({ offer, decision }) => offerVerdictView(offer, decision));
    } catch (error) {
      if (error instanceof GatewayError) return [];
      throw error;
    }
  }
}

/** @throws GatewayError invalid_parameter unless exactly one is named */
function partyOf({ key_id, project_id, member_id }: ExplainRulesDto): BoundParty {
  const parties: readonly (readonly [BoundParty['kind'], string | undefined])[] = [
    ['key', key_id],
    ['project', project_id],
    ['member', member_id],
  ];
  const [party, ...more] = parties.flatMap(([kind, id]) => (id ? [{ kind, id }] : []));
  if (party && more.length === 0) return party;
  throw new GatewayError('invalid_parameter', {
    param: 'key_id',
    message: 'Exactly one of key_id, project_id and member_id must be given.',
  });
}

/** The address in its plain form. @throws GatewayError invalid_parameter (address) */
function addressOf({ address }: ExplainRulesDto): string | undefined {
  if (address === undefined || address === null) return undefined;
  const parsed = parseAddress(address);
  if (parsed) return parsed.toString();
  throw new GatewayError('invalid_parameter', {
    param: 'address',
    message: 'address must be an IP address.',
  });
}
