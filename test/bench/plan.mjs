/** What is measured and for how long. */

const FULL = {
  rounds: 3,
  seconds: 2.5,
  warmSeconds: 0.5,
  concurrencies: [1, 32, 256],
  streamConcurrencies: [1, 32, 256],
  openStreams: 1_000,
  holdSeconds: 5,
  warmUpSeconds: 2,
};

const QUICK = {
  ...FULL,
  rounds: 1,
  seconds: 1.2,
  warmSeconds: 0.4,
  streamConcurrencies: [1, 32],
  holdSeconds: 2,
  warmUpSeconds: 1,
};

const CHUNKS = 64;

/** How many chunks a second all streams together carry; both subjects keep up with it on one core. */
const CHUNKS_PER_SECOND = 8_000;
/** Timers are exact to a millisecond: at twice this rate the upstream itself falls behind, by what else its core does. */
const FASTEST = 500;

export const MODES = {
  json: { title: 'JSON answers of 64 tokens', paced: false, stream: false },
  stream: {
    title: `streams of ${CHUNKS} chunks, each sent when it is due`,
    paced: true,
    stream: true,
  },
  burst: { title: `streams of ${CHUNKS} chunks, sent at once`, paced: false, stream: true },
};

/** The plan, with what the command line asks to be different. */
export function planOf({ quick, warmUp = true, ...changes }) {
  const wanted = Object.fromEntries(
    Object.entries(changes).filter(([, value]) => value !== undefined),
  );
  const plan = { modes: Object.keys(MODES), ...(quick ? QUICK : FULL), ...wanted };
  const atMost = (seconds) => Math.min(seconds, 2 * plan.seconds);
  return {
    ...plan,
    streamConcurrencies: wanted.concurrencies ?? plan.streamConcurrencies,
    warmSeconds: atMost(plan.warmSeconds),
    warmUpSeconds: warmUp ? atMost(plan.warmUpSeconds) : 0,
    holdSeconds: atMost(plan.holdSeconds),
  };
}

/** The cells of one round, in order. */
export function cellsOf(plan) {
  const concurrencies = {
    json: plan.concurrencies,
    stream: plan.streamConcurrencies,
    burst: [usualConcurrency(plan)],
  };
  return plan.modes.flatMap((mode) =>
    concurrencies[mode].map((concurrency) => cellOf(plan, mode, concurrency)),
  );
}

/** A cell: what is asked, by how many clients, and how long. Paced streams take longer than the plan says. */
export function cellOf(plan, mode, concurrency, seconds = plan.seconds) {
  const chunksPerSecond = MODES[mode].paced
    ? Math.min(FASTEST, Math.floor(CHUNKS_PER_SECOND / concurrency))
    : undefined;
  const streamMs = chunksPerSecond ? (CHUNKS * 1000) / chunksPerSecond : 0;
  return {
    mode,
    concurrency,
    chunksPerSecond,
    spreadMs: concurrency > 1 ? streamMs : 0,
    warmMs: Math.max(plan.warmSeconds * 1000, streamMs * 1.25),
    measureMs: Math.max(seconds * 1000, streamMs * 2),
  };
}

/** The concurrency at which CPU is compared: 32, or the measured one nearest below it. */
export function usualConcurrency({ concurrencies }) {
  const low = concurrencies.filter((concurrency) => concurrency <= 32);
  return low.length > 0 ? Math.max(...low) : Math.min(...concurrencies);
}

/** Body of the request of a cell, about one kilobyte. */
export function bodyOf({ mode, chunksPerSecond }, model = 'sandbox-small', chunks = CHUNKS) {
  const pace = chunksPerSecond ? ` rate=${chunksPerSecond}` : '';
  const { stream } = MODES[mode];
  return {
    model,
    messages: [
      { role: 'system', content: 'You answer in plain words. '.repeat(24).trim() },
      { role: 'user', content: `Tell me about rivers and stones. [[tokens=${chunks}${pace}]]` },
    ],
    temperature: 0.7,
    max_tokens: 4_096,
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  };
}

/** A request as it goes over the wire. */
export function requestText(body, apiKey) {
  const text = JSON.stringify(body);
  return [
    'POST /v1/chat/completions HTTP/1.1',
    'host: 127.0.0.1',
    `authorization: Bearer ${apiKey}`,
    'content-type: application/json',
    'accept: */*',
    'user-agent: bench',
    `content-length: ${Buffer.byteLength(text)}`,
    '',
    text,
  ].join('\r\n');
}
