import { startSandbox } from './server.js';

const sandbox = await startSandbox({ port: Number(process.env.SANDBOX_PORT ?? 0) });
process.stdout.write(`${JSON.stringify({ listening: sandbox.url })}\n`);

let stopping = false;

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await sandbox.close();
  // An open IPC channel would keep the process alive although nothing is left to do.
  if (process.connected) process.disconnect();
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
process.on('disconnect', () => void stop());
