import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { readEnvironment } from './read-environment.js';

const DATABASE_URL = 'postgres://u:p@db/osm';

function problems(source: NodeJS.ProcessEnv): string[] {
  try {
    readEnvironment({ DATABASE_URL, ...source });
    return [];
  } catch (error) {
    const [first, ...lines] = (error as Error).message.split('\n');
    expect(first).toBe('The environment is not valid:');
    return lines.map((line) => line.trim().split(':')[0] ?? '');
  }
}

describe('readEnvironment', () => {
  it('needs the database alone; the rest has defaults', () => {
    expect(readEnvironment({ DATABASE_URL })).toMatchObject({
      DATABASE_URL,
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: 4000,
      ALLOW_PRIVATE_UPSTREAMS: 'false',
      MAX_BODY_BYTES: 20 * 1024 * 1024,
      HOT_LANE: 'on',
    });
  });

  it('listens on loopback unless it is told otherwise, also in production', () => {
    const key = `k1:${randomBytes(32).toString('base64')}`;
    const production = { DATABASE_URL, KEY_ENCRYPTION_KEYS: key, NODE_ENV: 'production' };
    expect(readEnvironment(production).HOST).toBe('127.0.0.1');
    expect(readEnvironment({ ...production, HOST: '' }).HOST).toBe('127.0.0.1');
    expect(readEnvironment({ ...production, HOST: '0.0.0.0' }).HOST).toBe('0.0.0.0');
  });

  it('takes calls for a while at the end in production, where balancers are', () => {
    const key = `k1:${randomBytes(32).toString('base64')}`;
    const grace = (source: NodeJS.ProcessEnv): number =>
      readEnvironment({ DATABASE_URL, KEY_ENCRYPTION_KEYS: key, ...source }).SHUTDOWN_GRACE_MS;
    expect(grace({})).toBe(0);
    expect(grace({ NODE_ENV: 'production' })).toBe(5_000);
    expect(grace({ NODE_ENV: 'production', SHUTDOWN_GRACE_MS: '0' })).toBe(0);
  });

  it('reads numbers', () => {
    expect(readEnvironment({ DATABASE_URL, PORT: '0', DRAIN_TIMEOUT_MS: '0' })).toMatchObject({
      PORT: 0,
      DRAIN_TIMEOUT_MS: 0,
    });
  });

  it('reads lists of addresses, and trusts no proxy without one', () => {
    const TRUSTED_PROXIES = '10.0.0.0/8, 2001:db8::1';
    expect(readEnvironment({ DATABASE_URL, TRUSTED_PROXIES })).toMatchObject({ TRUSTED_PROXIES });
    expect(readEnvironment({ DATABASE_URL })).toMatchObject({ TRUSTED_PROXIES: '' });
  });

  it('empty is unset', () => {
    expect(readEnvironment({ DATABASE_URL, PORT: '', REDIS_URL: '' })).toMatchObject({
      PORT: 4000,
    });
  });

  it('takes no notice of what it does not know', () => {
    expect(problems({ PATH: '/bin', UNKNOWN: 'x' })).toEqual([]);
  });

  it('lists every setting that is wrong, one a line', () => {
    expect(
      problems({
        DATABASE_URL: 'mysql://x',
        REDIS_URL: 'http://x',
        PORT: '70000',
        NODE_ENV: 'staging',
        MAX_BODY_BYTES: 'lots',
        BODY_TIMEOUT_MS: '99',
        CALL_TIMEOUT_MS: '1.5',
        ALLOW_PRIVATE_UPSTREAMS: 'yes',
        TRUSTED_PROXIES: '10.0.0.0/8, everybody',
        LOG_LEVEL: 'loud',
      }).sort(),
    ).toEqual([
      'ALLOW_PRIVATE_UPSTREAMS',
      'BODY_TIMEOUT_MS',
      'CALL_TIMEOUT_MS',
      'DATABASE_URL',
      'LOG_LEVEL',
      'MAX_BODY_BYTES',
      'NODE_ENV',
      'PORT',
      'REDIS_URL',
      'TRUSTED_PROXIES',
    ]);
  });

  it.each([{}, { DATABASE_URL: '' }])('says so where there is no database: %j', (source) => {
    expect(() => readEnvironment(source)).toThrow('DATABASE_URL');
  });

  it('does not repeat a password', () => {
    expect(() => readEnvironment({ DATABASE_URL: 'mysql://u:hunter2@db' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});
