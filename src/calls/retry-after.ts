import type { IncomingHttpHeaders } from 'node:http';

/**
 * How long a provider asks to be left alone, in seconds: by `retry-after-ms` (OpenAI, Azure), or by Retry-After, which
 * is a number of seconds or a date (RFC 9110, 10.2.3). Undefined where it says nothing, or nothing that can be read.
 */
export function retryAfterOf(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  const milliseconds = countIn(headers['retry-after-ms']);
  if (milliseconds !== undefined) return milliseconds / 1_000;
  const value = headers['retry-after'];
  const seconds = countIn(value);
  if (seconds !== undefined || typeof value !== 'string') return seconds;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - nowMs) / 1_000);
}

function countIn(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const count = Number(value);
  return Number.isFinite(count) ? Math.max(0, count) : undefined;
}
