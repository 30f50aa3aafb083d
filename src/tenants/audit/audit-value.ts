import { isObject, type JsonObject } from '../../core/json-object.js';

/** Fields that hold secrets or what stands for them, whatever table or request they are of. */
const SECRET_FIELDS = new Set([
  ...['hash', 'key', 'token', 'secret', 'api_key', 'password', 'authorization'],
  ...['wrappedKey', 'wrapped_key', 'ciphertext'],
]);
const KEY = /\bosm(?:adm)?_[0-9A-Za-z]{46}\b/g;

/**
 * What the audit log keeps of an object before or after a change: plain JSON, without secrets. Nobody should give it
 * any; this is the second look.
 */
export function auditValue(value: object): JsonObject {
  const plain: unknown = JSON.parse(JSON.stringify(value, (_, part: unknown) => toJson(part)));
  return isObject(plain) ? withoutSecrets(plain) : { value: plain };
}

function toJson(part: unknown): unknown {
  return typeof part === 'bigint' ? part.toString() : part;
}

function withoutSecrets(object: JsonObject): JsonObject {
  const kept = Object.entries(object).filter(([name]) => !SECRET_FIELDS.has(name));
  return Object.fromEntries(kept.map(([name, part]) => [name, clean(part)]));
}

function clean(part: unknown): unknown {
  if (typeof part === 'string') return part.replace(KEY, '[redacted]');
  if (Array.isArray(part)) return part.map(clean);
  return isObject(part) ? withoutSecrets(part) : part;
}
