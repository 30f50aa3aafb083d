import { Injectable, type OnModuleDestroy } from '@nestjs/common';

const TIMEOUT_MS = 2_000;

/** Resolves while its part works, rejects with the reason when it does not. */
export type HealthCheck = () => Promise<void>;

export interface HealthReport {
  readonly status: 'ok' | 'unavailable';
  /** `ok`, or what is wrong. */
  readonly checks: Readonly<Record<string, string>>;
}

/** Whether this process can serve: what each part says of itself. Parts register their checks at boot. */
@Injectable()
export class HealthService implements OnModuleDestroy {
  private readonly checks = new Map<string, HealthCheck>();
  private stopping = false;

  register(name: string, check: HealthCheck): void {
    this.checks.set(name, check);
  }

  /** From now on the process is not ready: balancers send no more requests. */
  onModuleDestroy(): void {
    this.stopping = true;
  }

  /** Runs all checks at once; each has two seconds. */
  async check(): Promise<HealthReport> {
    if (this.stopping) return { status: 'unavailable', checks: { process: 'stopping' } };
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await outcomeOf(check)] as const),
    );
    const healthy = results.every(([, outcome]) => outcome === 'ok');
    return { status: healthy ? 'ok' : 'unavailable', checks: Object.fromEntries(results) };
  }
}

async function outcomeOf(check: HealthCheck): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('timeout'), TIMEOUT_MS);
  });
  try {
    // The reason goes to the log of its part; a stranger learns only that it fails.
    return await Promise.race([
      check().then(
        () => 'ok',
        () => 'failing',
      ),
      timeout,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
