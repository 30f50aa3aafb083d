import { JournalReader } from '../../src/billing/journal/journal-reader.service.js';
import { PosterService } from '../../src/billing/journal/poster.service.js';
import { PostingService } from '../../src/billing/journal/posting.service.js';
import { ProcessEndsService } from '../../src/billing/journal/process-ends.service.js';
import type { EstimateQueue } from '../../src/billing/reconciliation/estimate-queue.service.js';
import type { DatabaseService } from '../../src/platform/database.service.js';
import type { Environment } from '../../src/platform/env.js';

/** A poster with all that it is made of. */
export function posterOf(
  environment: Environment,
  database: DatabaseService,
  estimates: EstimateQueue,
): PosterService {
  const ends = new ProcessEndsService(database);
  const reader = new JournalReader(environment, new PostingService(database, estimates), ends);
  return new PosterService(environment, reader, ends);
}
