import { ownEntry } from '../../../core/own-entry.js';
import { isObject, type JsonObject } from '../json.js';

/** Fields around the choices that are the gateway's own to write. */
const GATEWAY_FIELDS = ['id', 'object', 'created', 'model', 'usage'] as const;

/** OpenAI's service tiers, and what other providers call them. */
const SERVICE_TIERS: Readonly<Record<string, string>> = {
  auto: 'auto',
  default: 'default',
  flex: 'flex',
  scale: 'scale',
  priority: 'priority',
  on_demand: 'default',
  standard: 'default',
};

/** Brings what stands around the choices of an answer or a chunk into OpenAI's form, in place. */
export function canonicalizeEnvelope(body: JsonObject): void {
  for (const field of GATEWAY_FIELDS) if (body[field] !== undefined) body[field] = undefined;
  if (typeof body['system_fingerprint'] !== 'string') body['system_fingerprint'] = undefined;
  if (body['service_tier'] !== undefined) {
    body['service_tier'] = canonicalTier(body['service_tier']);
  }
}

/** The tier that served a call by OpenAI's name of it; undefined where OpenAI has none. */
export function canonicalTier(native: unknown): string | undefined {
  return ownEntry(SERVICE_TIERS, native);
}

/** Log probabilities with both of OpenAI's members; what is none becomes null. */
export function canonicalLogprobs(logprobs: unknown): JsonObject | null {
  if (!isObject(logprobs)) return null;
  logprobs['content'] ??= null;
  logprobs['refusal'] ??= null;
  return logprobs;
}
