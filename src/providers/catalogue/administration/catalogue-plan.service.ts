import { Injectable } from '@nestjs/common';
import { setImmediate as afterOthers } from 'node:timers/promises';
import { GatewayError } from '../../../core/errors.js';
import { futureMomentOf } from '../../../platform/validation/moment.js';
import { indexProviders } from '../../routing/model-name.js';
import { CREDENTIAL_PROVIDERS } from '../../search/registry.js';
import { CatalogueService } from '../catalogue.service.js';
import { CatalogueImportError } from '../import/imported.js';
import { planInSteps } from '../import/make-plan.js';
import type { CataloguePlanView, CreateCataloguePlanDto } from './catalogue-plan.dto.js';
import { SourceDownloadClient } from './source-download.client.js';

const PROVIDER_BY_NAME = indexProviders(CREDENTIAL_PROVIDERS);
const SHOWN_PROBLEMS = 20;

/** Says what sources would change. Nothing is changed by it. */
@Injectable()
export class CataloguePlanService {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly downloads: SourceDownloadClient,
  ) {}

  /** @throws GatewayError invalid_parameter saying what is wrong with the source and where; upstream_timeout */
  async create(body: CreateCataloguePlanDto): Promise<CataloguePlanView> {
    const now = new Date();
    const effectiveAt = futureMomentOf('effective_at', body.effective_at, now);
    const text = await this.textOf(body);
    const current = {
      snapshot: this.catalogue.snapshot(),
      revision: this.catalogue.revision(),
      providers: PROVIDER_BY_NAME,
    };
    const order = {
      text,
      format: body.format,
      origin: body.source_url ?? body.name ?? 'content',
      only: body.providers ?? [],
      now: now.getTime(),
      effectiveAt: effectiveAt?.getTime() ?? null,
    };
    const param = body.source_url === undefined ? 'content' : 'source_url';
    // A plan is its own view; only that it may not be changed is lost on the way.
    const steps = planInSteps(current, order);
    for (;;) {
      const step = inOurWords(param, () => steps.next());
      if (step.done) return step.value as unknown as CataloguePlanView;
      await afterOthers();
    }
  }

  private textOf({ content, source_url: url }: CreateCataloguePlanDto): Promise<string> {
    if ((content === undefined) === (url === undefined)) {
      throw new GatewayError('invalid_parameter', {
        param: 'content',
        message: 'Send content or source_url.',
      });
    }
    return url === undefined ? Promise.resolve(content ?? '') : this.downloads.text(url);
  }
}

/** What was wrong with a source or plan as the API tells it. @throws GatewayError invalid_parameter; what `work` throws */
export function inOurWords<Result>(param: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CatalogueImportError)) throw error;
    const { problems } = error;
    const shown = problems.slice(0, SHOWN_PROBLEMS).join('; ');
    const more =
      problems.length > SHOWN_PROBLEMS ? `; and ${problems.length - SHOWN_PROBLEMS} more` : '';
    throw new GatewayError('invalid_parameter', { param, message: `${shown}${more}.` });
  }
}
