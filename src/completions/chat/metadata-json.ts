import type { ResponseMetadata } from '../../calls/index.js';
import { jsonString } from '../../core/json-text.js';

/** The `metadata` object of an answer as JSON text, as JSON.stringify writes it. */
export function metadataJson(metadata: ResponseMetadata): string {
  const { requested_provider: provider, dropped_params: dropped } = metadata;
  return (
    `{"requested_model":${jsonString(metadata.requested_model)}` +
    `,"requested_provider":${provider === null ? 'null' : jsonString(provider)}` +
    `,"used_model":${jsonString(metadata.used_model)},"used_provider":${jsonString(metadata.used_provider)}` +
    `,"underlying_used_model":${jsonString(metadata.underlying_used_model)}` +
    `,"routing":{"attempts":${attemptsJson(metadata.routing.attempts)}},"charged":${metadata.charged}` +
    `,"dropped_params":${dropped.length === 0 ? '[]' : JSON.stringify(dropped)}` +
    `,"cost_basis":"${metadata.cost_basis}"` +
    (metadata.web_search ? `,"web_search":${JSON.stringify(metadata.web_search)}` : '') +
    (metadata.plugins ? `,"plugins":${JSON.stringify(metadata.plugins)}}` : '}')
  );
}

function attemptsJson(attempts: ResponseMetadata['routing']['attempts']): string {
  let text = '';
  for (const { provider, status, reason } of attempts) {
    text += `${text === '' ? '' : ','}{"provider":${jsonString(provider)},"status":${status},"reason":${jsonString(reason)}}`;
  }
  return `[${text}]`;
}
