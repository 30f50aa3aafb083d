import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PROVIDERS } from '../../src/providers/definitions/registry.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 10_000;

/** Options and environment of a Node process that ends when its parent does. */
export interface Leash {
  readonly options: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface RunningGateway {
  readonly url: string;
  readonly apiKey: string;
  /** What it has printed so far. */
  log(): string;
  stop(): Promise<void>;
}

/** Environment with which every provider of the gateway is the replay server, below a path of its own. */
export function providerEnvironment(replayUrl: string): Record<string, string> {
  const entries = PROVIDERS.flatMap((provider): [string, string][] => [
    [provider.baseUrlEnvironment, `${replayUrl}/${provider.id}`],
    ...provider.environment.map((name): [string, string] => [name, 'replayed']),
  ]);
  return Object.fromEntries(entries);
}

/**
 * Starts the built gateway on a free port and waits until it listens.
 *
 * @throws Error with what it printed if it does not start
 */
export async function startGateway(
  environment: Record<string, string>,
  apiKey: string,
  leash: Leash,
): Promise<RunningGateway> {
  const data = mkdtempSync(path.join(tmpdir(), 'osm-corpus-'));
  const child = spawn(process.execPath, [...leash.options, 'dist/main.js'], {
    cwd: ROOT,
    env: {
      ...process.env,
      ...leash.env,
      LOG_LEVEL: 'error',
      ...environment,
      DATA_DIR: data,
      PORT: '0',
      HOST: '127.0.0.1',
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const stop = async (): Promise<void> => {
    await stopped(child);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    return { url: await listening(child), apiKey, log: () => output.join(''), stop };
  } catch (error) {
    await stop();
    throw new Error(
      `the gateway did not start: ${String(error)}\n${output.join('').slice(-4_000)}`,
      { cause: error },
    );
  }
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`not listening after ${START_LIMIT_MS} ms`)),
      START_LIMIT_MS,
    );
    child.once('exit', (status) => {
      clearTimeout(late);
      reject(new Error(`it ended with status ${status}`));
    });
    child.on('message', (message: { listening?: unknown }) => {
      if (typeof message.listening !== 'string') return;
      clearTimeout(late);
      resolve(message.listening.replace(/\/$/, ''));
    });
  });
}

function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    child.once('exit', () => {
      clearTimeout(late);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
