import type { PlayedAnswer } from './replay-server.js';

/** Offered by two providers at the same price, so that the one whose name comes first is asked first. */
export const model = 'gpt-4o-2024-11-20';
export const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };

/** An answer of a provider, as JSON. */
export const json = (status: number, body: unknown): PlayedAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  pieces: [Buffer.from(JSON.stringify(body))],
});

/** A completion in one piece. */
export const whole = json(200, {
  id: 'gen-1',
  object: 'chat.completion',
  created: 1,
  model,
  choices: [
    { index: 0, message: { role: 'assistant', content: 'from the second' }, finish_reason: 'stop' },
  ],
  usage,
});

/** An event of a stream. */
export const chunk = (delta: object, fields: object = {}, finish: string | null = null): string =>
  `data: ${JSON.stringify({
    id: 'gen-1',
    object: 'chat.completion.chunk',
    created: 1,
    model,
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...fields,
  })}\n\n`;

/** An answer of these events. */
export const events = (...parts: string[]): PlayedAnswer => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream' },
  pieces: parts.map((part) => Buffer.from(part)),
});

/** The completion as a stream. */
export const streamed = events(
  chunk({ role: 'assistant', content: 'from ' }),
  chunk({ content: 'the second' }),
  chunk({}, { usage }, 'stop'),
  'data: [DONE]\n\n',
);
