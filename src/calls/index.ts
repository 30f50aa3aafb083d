export {
  CLIENT_GONE,
  type AnswerFacts,
  type AnswerHeader,
  type Call,
  type CallContext,
  type ClientStream,
  type CompletedAnswer,
  type ResponseMetadata,
} from './call.js';
export { CallSignal } from './call-signal.js';
export { CallService } from './call.service.js';
export { CallsModule } from './calls.module.js';
export { RESPONSE_HEALING } from './healing/index.js';
export { RunningCallsService, type RunningCall } from './running-calls.service.js';
