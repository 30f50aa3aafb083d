import { afterEach, describe, expect, it } from '@jest/globals';
import { Environment } from '../../platform/env.js';
import { EnvironmentCredentialsService } from './environment-credentials.service.js';

const before = { ...process.env };

afterEach(() => {
  process.env = { ...before };
});

function bedrockWith(variables: Readonly<Record<string, string>>) {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  process.env = { ...Object.fromEntries(others), ...variables };
  const credentials = new EnvironmentCredentialsService(new Environment()).all();
  return credentials.find(({ providerId }) => providerId === 'amazon-bedrock')?.credential;
}

describe('a key in parts', () => {
  const PARTS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 's/k' };
  const REGION = { AWS_REGION: 'eu-central-1' };

  it('is joined, with and without what may be there too', () => {
    expect(bedrockWith({ ...PARTS, ...REGION })).toMatchObject({
      secret: 'AKIDEXAMPLE:s/k',
      baseUrl: 'https://bedrock-runtime.eu-central-1.amazonaws.com',
      settings: { region: 'eu-central-1' },
    });
    const withToken = bedrockWith({ ...PARTS, ...REGION, AWS_SESSION_TOKEN: 't' });
    expect(withToken?.secret).toBe('AKIDEXAMPLE:s/k:t');
  });

  it('stands behind a whole one', () => {
    const key = bedrockWith({ ...PARTS, ...REGION, AWS_BEARER_TOKEN_BEDROCK: 'ABSK' });
    expect(key?.secret).toBe('ABSK');
  });

  it('is none without all that it needs, or without a region', () => {
    expect(bedrockWith({ ...REGION, AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE' })).toBeUndefined();
    expect(bedrockWith(PARTS)).toBeUndefined();
  });
});
