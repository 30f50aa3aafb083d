import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Environment } from '../../platform/env.js';
import { EnvironmentCredentialsService } from './environment-credentials.service.js';

const before = { ...process.env };
const said: unknown[] = [];
const say = (message: unknown): void => void said.push(message);

beforeAll(() => Logger.overrideLogger({ log: say, warn: say, error: say }));
afterAll(() => Logger.overrideLogger(['log', 'warn', 'error']));
afterEach(() => {
  process.env = { ...before };
  said.length = 0;
});

type Variables = Readonly<Record<string, string>>;

function credentialOf(provider: string, variables: Variables) {
  const others = Object.entries(process.env).filter(
    ([name]) => !/^(AWS|AZURE|GO|WATSONX)/.test(name),
  );
  process.env = { ...Object.fromEntries(others), ...variables };
  const credentials = new EnvironmentCredentialsService(new Environment()).all();
  return credentials.find(({ providerId }) => providerId === provider)?.credential;
}

const bedrockWith = (variables: Variables) => credentialOf('amazon-bedrock', variables);

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

describe('the address of a cloud', () => {
  const vertexWith = (more: Variables) =>
    credentialOf('google-vertex', { GOOGLE_VERTEX_CREDENTIALS: '{}', ...more });
  const PROJECT = { GOOGLE_VERTEX_PROJECT: 'our-project' };
  const path = (location: string) =>
    `/v1/projects/our-project/locations/${location}/publishers/google`;

  it.each([
    [undefined, 'aiplatform.googleapis.com', 'global'],
    ['eu', 'aiplatform.eu.rep.googleapis.com', 'eu'],
    ['europe-west4', 'europe-west4-aiplatform.googleapis.com', 'europe-west4'],
  ])('is that of the location %s', (given, host, location) => {
    const more: Variables = given === undefined ? {} : { GOOGLE_VERTEX_LOCATION: given };
    expect(vertexWith({ ...PROJECT, ...more })).toMatchObject({
      baseUrl: `https://${host}${path(location)}`,
      origin: `https://${host}`,
      settings: { project: 'our-project', location },
    });
  });

  it('is none without a project', () => {
    expect(vertexWith({})).toBeUndefined();
  });

  it('is that of a region of IBM Cloud, and waits for a project or a space', () => {
    const WATSONX_AI_APIKEY = 'key';
    const id = '11111111-2222-3333-4444-555555555555';
    expect(credentialOf('watsonx', { WATSONX_AI_APIKEY })).toBeUndefined();
    const lacks = 'WATSONX_AI_PROJECT_ID or WATSONX_AI_SPACE_ID is not set';
    expect(said).toEqual([`the key of watsonx is not used: ${lacks}`]);
    const inProject = { WATSONX_AI_APIKEY, WATSONX_AI_PROJECT_ID: id };
    expect(credentialOf('watsonx', inProject)).toMatchObject({
      baseUrl: 'https://us-south.ml.cloud.ibm.com/ml/v1',
      settings: { region: 'us-south', project_id: id },
    });
    const inSpace = { WATSONX_AI_APIKEY, WATSONX_AI_SPACE_ID: id, WATSONX_AI_REGION: 'eu-de' };
    expect(credentialOf('watsonx', inSpace)).toMatchObject({
      baseUrl: 'https://eu-de.ml.cloud.ibm.com/ml/v1',
      settings: { region: 'eu-de', space_id: id },
    });
  });

  it('is reached by an application of Entra ID too, unless there is a key', () => {
    const parts = { AZURE_TENANT_ID: 't', AZURE_CLIENT_ID: 'c', AZURE_CLIENT_SECRET: 's' };
    const variables = { ...parts, AZURE_OPENAI_ENDPOINT: 'https://our-resource.openai.azure.com' };
    expect(credentialOf('azure', variables)?.secret).toBe('t:c:s');
    expect(credentialOf('azure', parts)).toBeUndefined();
    expect(credentialOf('azure', { ...variables, AZURE_API_KEY: 'key' })?.secret).toBe('key');
  });

  it('is that of the resource', () => {
    const AZURE_OPENAI_ENDPOINT = 'https://our-resource.openai.azure.com/';
    const variables = { AZURE_OPENAI_API_KEY: 'key', AZURE_OPENAI_ENDPOINT };
    const baseUrl = 'https://our-resource.openai.azure.com/openai/v1';
    expect(credentialOf('azure', variables)).toMatchObject({ baseUrl });
  });
});

describe('a provider without a key', () => {
  const idsWith = (more: Partial<Environment>): string[] => {
    const environment = Object.assign(new Environment(), more);
    const all = new EnvironmentCredentialsService(environment).all();
    return all.flatMap(({ providerId, credential }) =>
      credential.secret === '' ? providerId : [],
    );
  };

  it('may be used where its address is set, or is the sandbox where that runs', () => {
    delete process.env['SEARXNG_URL'];
    expect(idsWith({})).toEqual([]);
    const SANDBOX_BASE_URL = 'http://127.0.0.1:4399/v1';
    expect(idsWith({ SANDBOX_BASE_URL })).toEqual(['sandbox', 'sandbox-search']);
    expect(idsWith({ SANDBOX_BASE_URL, NODE_ENV: 'production' })).toEqual([]);
    process.env['SEARXNG_URL'] = 'http://search.example/';
    expect(idsWith({})).toEqual(['searxng']);
  });
});
