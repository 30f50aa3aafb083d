import { request, type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { requestBody, type CallPlan } from './call-plan.js';
import { CallSight, type CallSeen, type Ending } from './call-sight.js';

/** Longer than any call of a scenario may take, outages included. */
const LONGEST_CALL_MS = 300_000;

export interface Caller {
  /** Address of an HTTP process, without a trailing slash. */
  readonly url: string;
  readonly apiKey: string;
  /** Keeps connections for further calls. Default: one connection for each call. */
  readonly agent?: Agent;
}

/** When a client leaves: at a byte of the body, or so long after it asked if that comes first. */
export interface Leave {
  readonly atByte: number;
  readonly afterMs?: number;
}

/** Makes a call and gives what its client saw of it, however it ends. Never rejects. */
export function makeCall(caller: Caller, plan: CallPlan, leave?: Leave): Promise<CallSeen> {
  return new Promise((resolve) => new ClientCall(caller, plan, leave, resolve));
}

class ClientCall {
  private readonly sight: CallSight;
  private readonly request: ClientRequest;
  private readonly timers: NodeJS.Timeout[] = [];
  private over = false;

  constructor(
    { url, apiKey, agent }: Caller,
    plan: CallPlan,
    private readonly leave: Leave | undefined,
    private readonly tell: (seen: CallSeen) => void,
  ) {
    this.sight = new CallSight(plan, url, Date.now());
    const body = requestBody(plan);
    this.request = request(`${url}/v1/chat/completions`, {
      method: 'POST',
      agent: agent ?? false,
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'x-source': plan.label,
      },
    });
    this.request.on('response', (response) => this.read(response));
    this.request.on('error', ({ code }: NodeJS.ErrnoException) =>
      this.end(code === 'ECONNREFUSED' ? 'unconnected' : 'cut'),
    );
    this.request.end(body);
    this.after(LONGEST_CALL_MS, () => this.end('hung'));
    if (leave?.afterMs !== undefined) this.after(leave.afterMs, () => this.end('left'));
  }

  private read(response: IncomingMessage): void {
    this.sight.head(response.statusCode ?? 0, response.headers);
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      this.sight.take(text, Date.now());
      if (this.leave && this.sight.bytes >= this.leave.atByte) this.end('left');
    });
    response.on('end', () => this.end('over'));
    response.on('error', () => this.end('cut'));
    response.on('close', () => this.end('cut'));
  }

  private end(how: Ending): void {
    if (this.over) return;
    this.over = true;
    for (const timer of this.timers) clearTimeout(timer);
    const seen = this.sight.close(how, Date.now());
    this.request.destroy();
    this.tell(seen);
  }

  private after(milliseconds: number, act: () => void): void {
    this.timers.push(setTimeout(act, milliseconds));
  }
}
