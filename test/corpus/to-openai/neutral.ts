import type { MappedRequest } from './mapped-request.js';

/** What is asked where no request was recorded, or where OpenAI's shape cannot say the one that was. */
export function neutralRequest(lost: readonly string[] = []): MappedRequest {
  return { body: { messages: [{ role: 'user', content: 'Say hello.' }] }, lost };
}
