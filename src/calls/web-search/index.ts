export { citedAnswer, citing } from './cited.js';
export { CitedStream } from './cited-stream.js';
export type { SearchCharge, SearchOutcome, WebSearchReport } from './outcome.js';
export { amountFor } from './quote.js';
export { SearchStepService } from './search-step.service.js';
