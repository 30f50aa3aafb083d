/**
 * Options of Node for the HTTP process, as the Dockerfile and docker-compose.yml have them. What a call makes is garbage
 * a moment later, so half of V8's usual room for it (16 MB) spares about 25 MB and, up to 32 calls at once, no CPU that
 * could be measured. With 256 at once more of them are still running at each collection, and are copied: 0.18 ms of CPU
 * per call with 8 MB, 0.15 ms with 12 MB. Who has memory to spare and that many calls at once sets it higher.
 *
 * The old heap is collected when it has grown by half. V8's own measure lets it grow fourfold after a load, and the process
 * to 280 to 320 MB, not 190; and by a tenth where calls are few, every 15 s beside 10,000 organizations, not every minute.
 * With 256 calls at once it costs 0.01 ms of CPU per call, with 32 none that could be measured.
 *
 * Two threads help with collections. Four, as Node has them by default, leave the calls a fifth of a core that they share
 * for as long as the old heap is gone through: where 10,000 organizations called, 0.2 s twice a minute. With one it is half,
 * but what sockets had read was freed so late at times that a thousand streams took 210 MB instead of 183.
 */
export const gatewayOptions = [
  '--max-semi-space-size=8',
  '--heap-growing-percent=50',
  '--v8-pool-size=2',
];

/**
 * What its environment says beside that. glibc gives every thread room of its own for what it allocates and keeps most of
 * it: one room for all spares 9 MB and cost no CPU that could be measured, for it is one thread that does the work.
 */
export const gatewayEnvironment = { MALLOC_ARENA_MAX: '1' };
