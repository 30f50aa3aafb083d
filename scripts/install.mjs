/**
 * Brings a fresh checkout to the point where it can run. Uses nothing but Node itself, for it runs
 * before any package is there.
 */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { userInfo } from 'node:os';
import { runCommand } from './command.mjs';
import { installPackages, packagesMatchLock } from './install/packages.mjs';
import { withProgress } from './install/progress.mjs';
import { digestOf, isDone, markBegun, markDone } from './install/stamps.mjs';
import { Advice, prismaEnvironment, root } from './project.mjs';

const lockFile = 'package-lock.json';

/**
 * Installs the packages, generates the database client and, if asked, builds `dist`; each only when
 * its input changed since it was last done.
 *
 * @param {{build: boolean, signal?: AbortSignal}} options
 * @throws {Advice} when a step fails; the message or the output above it says why
 */
export async function prepare({ build, signal }) {
  requireNode();
  await step('packages', [lockFile], packagesMatchLock, () =>
    withProgress('installing packages (about a minute the first time)', (log) =>
      installPackages({ signal, log }),
    ),
  );
  await step('client', [lockFile, 'prisma/schema', 'prisma.config.ts'], never, generateClient, {
    output: 'src/generated/prisma',
    signal,
  });
  if (build) {
    const inputs = [
      lockFile,
      'src',
      'prisma/schema',
      'nest-cli.json',
      'tsconfig.json',
      'tsconfig.build.json',
    ];
    await step('build', inputs, never, buildServer, { output: 'dist/main.js', signal });
  }
}

async function step(name, inputs, alreadyThere, work, { output = 'node_modules', signal } = {}) {
  const digest = digestOf(...inputs);
  const present = existsSync(path.join(root, output));
  if (present && isDone(name, digest)) return;
  requireWritable();
  if (!(present && alreadyThere())) {
    markBegun(name);
    await work(signal);
  }
  markDone(name, digest);
}

const never = () => false;

function generateClient(signal) {
  const command = ['node_modules/prisma/build/index.js', 'generate'];
  return withProgress('generating the database client', () =>
    node(command, 'The database client could not be generated', signal),
  );
}

function buildServer(signal) {
  const command = ['node_modules/@nestjs/cli/bin/nest.js', 'build'];
  return withProgress('building', () => node(command, 'The build failed', signal));
}

async function node(command, failure, signal) {
  const { status, output } = await runCommand(process.execPath, command, {
    env: prismaEnvironment,
    signal,
  });
  if (status !== 0) throw new Advice(`${output.trimEnd()}\n\n${failure}; the reason is above.`);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 20)) return;
  throw new Advice(`Node ${process.versions.node} is too old: install Node 20.20.2 or newer.`);
}

function requireWritable() {
  try {
    accessSync(root, constants.W_OK);
    const modules = path.join(root, 'node_modules');
    if (existsSync(modules)) accessSync(modules, constants.W_OK);
  } catch {
    throw new Advice(
      `This checkout belongs to another user (uid ${statSync(root).uid}) and ${userInfo().username} cannot write to it.\n` +
        'Run `npm run build` once as its owner, or work in a clone of your own.',
    );
  }
}
