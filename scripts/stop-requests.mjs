const parentCheckInterval = 500;
const echoWindow = 700;

/**
 * Calls `stop` when the process is to end: Ctrl-C, SIGTERM, a closed terminal, or the end of the npm
 * that started it, which would otherwise leave it behind. Called again at every further request.
 *
 * @param {(reason: string) => void} stop
 */
export function onStopRequest(stop) {
  let last = -Infinity;
  const request = (reason) => {
    // npm passes on the Ctrl-C that the terminal has already sent to both: one request, not two.
    if (performance.now() - last < echoWindow) return;
    last = performance.now();
    stop(reason);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => request(name));
  if (process.env.npm_lifecycle_event) watchParent(request);
}

/**
 * A signal that aborts as soon as the process is to end, for an error that says who asked for it.
 *
 * @returns {AbortSignal}
 */
export function stopSignal() {
  const stopping = new AbortController();
  onStopRequest((reason) => stopping.abort(new Error(`stopped: ${reason}`)));
  return stopping.signal;
}

function watchParent(request) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    request('npm is gone');
  }, parentCheckInterval);
  timer.unref();
}
