import { spawn } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** How a command ended and what it printed. */
export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** All that the command sees, beside PATH and HOME. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What it reads from standard input. */
  readonly input?: string;
}

/** Runs `osm` with these arguments to its end. */
export function osm(
  words: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return run(process.execPath, ['scripts/osm.mjs', ...words], options);
}

/** Runs a command in the checkout to its end. */
export function run(
  command: string,
  words: readonly string[],
  { environment = {}, input = '' }: CommandOptions = {},
): Promise<CommandResult> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(command, words, { cwd: root, env: { PATH, HOME, ...environment } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  // A command that does not read its input closes the pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}
