import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readEnvironment } from '../../src/platform/read-environment.js';
import { formatKey } from '../../src/platform/secrets/key-ring.js';
import { SecretBoxService } from '../../src/platform/secrets/secret-box.service.js';

const root = path.resolve(import.meta.dirname, '../..');
const context = ['table', 'row', 'organization'];

let directory: string;
beforeEach(() => {
  directory = path.join(mkdtempSync(path.join(tmpdir(), 'osm-secrets-')), 'data');
});
afterEach(() => rmSync(path.dirname(directory), { recursive: true, force: true }));

const keyFile = (): string => path.join(directory, 'key-encryption-keys');

/** A process's secret box, with keys from the environment or from the data directory. */
function boxOf(variables: Readonly<Record<string, string>> = {}): SecretBoxService {
  const DATABASE_URL = 'postgres://nobody@127.0.0.1/none';
  return new SecretBoxService(readEnvironment({ DATABASE_URL, DATA_DIR: directory, ...variables }));
}
const newKey = (id: string): string => formatKey(id, randomBytes(32));

describe('a sealed secret', () => {
  it('opens for what it was sealed for, in every process with the key', () => {
    const KEY_ENCRYPTION_KEYS = newKey('k1');
    const sealed = boxOf({ KEY_ENCRYPTION_KEYS }).seal('a secret', context);
    expect(sealed.keyId).toBe('k1');
    expect(boxOf({ KEY_ENCRYPTION_KEYS }).open(sealed, context).toString()).toBe('a secret');
    const bytes = Buffer.from([0, 255, 254, 1]);
    const box = boxOf({ KEY_ENCRYPTION_KEYS });
    expect(box.open(box.seal(bytes, []), []).equals(bytes)).toBe(true);
  });

  it('is another one every time', () => {
    const box = boxOf({ KEY_ENCRYPTION_KEYS: newKey('k1') });
    const all = Array.from({ length: 200 }, () => box.seal('same', context));
    for (const part of ['wrappedKey', 'ciphertext'] as const)
      expect(new Set(all.map((one) => Buffer.from(one[part]).toString('hex'))).size).toBe(200);
  });

  it.each([
    ['for another row', ['table', 'other', 'organization']],
    ['with a border moved', ['table', 'roworg', 'anization']],
    ['with less', ['table', 'row']],
  ])('does not open %s, and the error shows nothing', (_, other) => {
    const box = boxOf({ KEY_ENCRYPTION_KEYS: newKey('k1') });
    const sealed = box.seal('a secret', context);
    expect(() => box.open(sealed, other)).toThrow(
      expect.objectContaining({
        code: 'internal_error',
        message: 'The gateway failed to process the request.',
        detail: expect.stringMatching(/belongs to another record/),
      }),
    );
  });

  it('does not open with the parts of two mixed', () => {
    const box = boxOf({ KEY_ENCRYPTION_KEYS: newKey('k1') });
    const [one, two] = [box.seal('one', context), box.seal('two', context)];
    expect(() => box.open({ ...one, ciphertext: two.ciphertext }, context)).toThrow();
    expect(() => box.open({ ...one, wrappedKey: two.wrappedKey }, context)).toThrow();
  });

  it('does not open without its key, nor with another of that name', () => {
    const sealed = boxOf({ KEY_ENCRYPTION_KEYS: newKey('k1') }).seal('a secret', context);
    for (const id of ['k1', 'k2']) {
      const other = boxOf({ KEY_ENCRYPTION_KEYS: newKey(id) });
      expect(() => other.open(sealed, context)).toThrow(
        expect.objectContaining({ detail: expect.stringContaining('key-encryption key k1') }),
      );
    }
  });

  it('gets another key around it, and stays what it is', () => {
    const [old, current] = [newKey('k1'), newKey('k2')];
    const sealed = boxOf({ KEY_ENCRYPTION_KEYS: old }).seal('a secret', context);
    const both = boxOf({ KEY_ENCRYPTION_KEYS: `${current},${old}` });
    const rewrapped = both.rewrap(sealed);
    expect(rewrapped?.keyId).toBe('k2');
    const now = { ...sealed, ...rewrapped };
    expect(now.ciphertext).toEqual(sealed.ciphertext);
    expect(boxOf({ KEY_ENCRYPTION_KEYS: current }).open(now, context).toString()).toBe('a secret');
    expect(both.rewrap(now)).toBeUndefined();
    expect(both.open(sealed, context).toString()).toBe('a secret');
  });
});

describe('without KEY_ENCRYPTION_KEYS', () => {
  it('a key is made in the data directory, for its owner alone, and used from then on', () => {
    const sealed = boxOf().seal('a secret', context);
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['key-encryption-keys']);
    expect(boxOf().open(sealed, context).toString()).toBe('a secret');
  });

  it.each([0o640, 0o604, 0o660, 0o620])('a file of mode %o is refused', (mode) => {
    boxOf().requireKeys();
    chmodSync(keyFile(), mode);
    expect(() => boxOf().requireKeys()).toThrow(/open to others .*chmod 600/);
  });

  it('a file that holds no key is refused, not replaced', () => {
    boxOf().requireKeys();
    writeFileSync(keyFile(), 'nonsense');
    expect(() => boxOf().requireKeys()).toThrow(/entry 1/);
  });

  it('processes that start at once agree on the key, time and again', async () => {
    const rounds = Array.from({ length: 40 }, (_, round) => path.join(directory, String(round)));
    const readers = Array.from({ length: 4 }, () => startReader(rounds));
    await Promise.all(readers.map(({ ready }) => ready));
    for (const reader of readers) reader.go();
    const ids = await Promise.all(readers.map(({ ids }) => ids));
    expect(ids[0]).toHaveLength(rounds.length);
    expect(new Set(ids[0]).size).toBe(rounds.length);
    for (const other of ids) expect(other).toEqual(ids[0]);
    for (const round of rounds) expect(readdirSync(round)).toEqual(['key-encryption-keys']);
  }, 60_000);

  it('in production nothing starts, nor is a key made', () => {
    const production = { NODE_ENV: 'production' };
    expect(() => boxOf(production)).toThrow(
      /^The environment is not valid:\n {2}KEY_ENCRYPTION_KEYS: must be set in production/,
    );
    expect(() => boxOf({ ...production, KEY_ENCRYPTION_KEYS: 'k1:weak' })).toThrow(/entry 1/);
    expect(existsSync(directory)).toBe(false);
    boxOf({ ...production, KEY_ENCRYPTION_KEYS: newKey('k1') }).requireKeys();
    expect(existsSync(directory)).toBe(false);
  });
});

interface Reader {
  /** Resolves when it waits to be told to go. */
  readonly ready: Promise<unknown>;
  go(): void;
  /** The ids of the keys that it read or made, one of each directory. */
  readonly ids: Promise<string[]>;
}

/** A process of its own that asks for the key of one directory after the other, each at a time all agree on. */
function startReader(directories: readonly string[]): Reader {
  const source = pathToFileURL(path.join(root, 'src/platform/secrets/key-file.adapter.ts')).href;
  const program = `
    const { readOrCreateKeyFile } = await import(${JSON.stringify(source)});
    process.on('message', (start) => {
      const ids = ${JSON.stringify(directories)}.map((directory, round) => {
        while (Date.now() < start + 25 * round);
        return readOrCreateKeyFile(directory).split(':')[0];
      });
      process.send(ids, () => process.exit());
    });
    process.send('ready');`;
  const child = spawn(
    process.execPath,
    ['--import', './scripts/typescript-loader.mjs', '--input-type=module', '-e', program],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  const next = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', (code) => reject(new Error(`a reader ended with ${String(code)}`)));
    });
  const ready = next();
  const ids = ready.then(next).then((answer) => answer as string[]);
  return { ready, go: () => child.send(Date.now() + 100), ids };
}
