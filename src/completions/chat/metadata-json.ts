import type { ResponseMetadata } from '../../calls/index.js';
import { bytesOf, type JsonBytes } from '../../core/json-bytes.js';

const CLOSE_BRACE = 125;

const REQUESTED_MODEL = bytesOf('{"requested_model":');
const REQUESTED_PROVIDER = bytesOf(',"requested_provider":');
const USED_MODEL = bytesOf(',"used_model":');
const USED_PROVIDER = bytesOf(',"used_provider":');
const UNDERLYING_USED_MODEL = bytesOf(',"underlying_used_model":');
const ATTEMPTS = bytesOf(',"routing":{"attempts":[');
const PROVIDER = bytesOf('{"provider":');
const STATUS = bytesOf(',"status":');
const REASON = bytesOf(',"reason":');
const CHARGED = bytesOf(']},"charged":true,"dropped_params":');
const NOT_CHARGED = bytesOf(']},"charged":false,"dropped_params":');
const COST_BASIS = bytesOf(',"cost_basis":');
const WEB_SEARCH = bytesOf(',"web_search":');
const PLUGINS = bytesOf(',"plugins":');
const NULL = bytesOf('null');
const NONE = bytesOf('[]');

/** Writes the `metadata` object of an answer. */
export function writeMetadata(to: JsonBytes, metadata: ResponseMetadata): void {
  const { requested_provider: provider, dropped_params: dropped } = metadata;
  to.known(REQUESTED_MODEL);
  to.string(metadata.requested_model);
  to.known(REQUESTED_PROVIDER);
  if (provider === null) to.known(NULL);
  else to.string(provider);
  to.known(USED_MODEL);
  to.string(metadata.used_model);
  to.known(USED_PROVIDER);
  to.string(metadata.used_provider);
  to.known(UNDERLYING_USED_MODEL);
  to.string(metadata.underlying_used_model);
  to.known(ATTEMPTS);
  writeAttempts(to, metadata.routing.attempts);
  to.known(metadata.charged ? CHARGED : NOT_CHARGED);
  if (dropped.length === 0) to.known(NONE);
  else to.value(dropped);
  to.known(COST_BASIS);
  to.string(metadata.cost_basis);
  to.valueField(WEB_SEARCH, metadata.web_search);
  to.valueField(PLUGINS, metadata.plugins);
  to.byte(CLOSE_BRACE);
}

function writeAttempts(to: JsonBytes, attempts: ResponseMetadata['routing']['attempts']): void {
  for (const { provider, status, reason } of attempts) {
    to.separate();
    to.known(PROVIDER);
    to.string(provider);
    to.known(STATUS);
    to.number(status);
    to.known(REASON);
    to.string(reason);
    to.byte(CLOSE_BRACE);
  }
}
