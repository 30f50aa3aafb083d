import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestGateway } from '../support/gateway.js';
import {
  expectServed,
  servedModels,
  startThreeProtocols,
  thinkingModels,
  uniquePrompt,
  type ServedModel,
} from '../support/three-protocols.js';

const script = path.join(import.meta.dirname, 'python/chat.py');
const { PATH = '', HOME = '' } = process.env;
/** Nothing else, so that settings of the package which a developer exported do not reach it. */
const environment = { PATH, HOME, PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8' };
/** Fails where there is no Python, no package, or one without what the script calls. */
const probe = 'import openai; openai.OpenAI(api_key="none").chat.completions.parse';
const present = spawnSync('python3', ['-c', probe], { env: environment }).status === 0;
const suite = `the Python openai package${present ? '' : ' (skipped: no Python openai package)'}`;
/** Milliseconds for the gateway's start and all jobs. */
const longestRun = 120_000;

interface Job {
  readonly name: string;
  readonly scenario: string;
  readonly model: string;
  readonly prompt: string;
}
interface PreparedJob extends Job {
  readonly id: string;
  readonly served: ServedModel;
}

function job(scenario: string, served: ServedModel, text: string): PreparedJob {
  const { id, prompt } = uniquePrompt(text);
  const { model } = served;
  const name = `${scenario.replaceAll('_', ' ')} with ${model}`;
  return { name, scenario, model, prompt, id, served };
}

function jobsFor(scenario: string, models: readonly ServedModel[], text: string): PreparedJob[] {
  return models.map((served) => job(scenario, served, text));
}

/** Runs the script once for all jobs, because Python takes its time to load the package. */
function runJobs(settings: object): Promise<Map<string, unknown>> {
  return new Promise((resolve, reject) => {
    const child = spawn('python3', [script], { env: environment });
    const output: Buffer[] = [];
    const complaints: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
    child.once('error', reject);
    child.once('close', (status) => {
      if (status !== 0) return reject(new Error(Buffer.concat(complaints).toString()));
      const lines = Buffer.concat(output).toString().split('\n').filter(Boolean);
      const outcomes = lines.map((line) => JSON.parse(line));
      resolve(new Map(outcomes.map(({ name, ...outcome }) => [name, outcome])));
    });
    child.stdin.end(JSON.stringify(settings));
  });
}

(present ? describe : describe.skip)(suite, () => {
  const texts = jobsFor('text', servedModels, '[[tokens=7 cached=2]] Hello');
  const streams = jobsFor('stream', servedModels, '[[tokens=20]] Hello');
  const weather = '[[tool=get_weather]] How will it be?';
  const tools = [
    ...jobsFor('tools', servedModels, weather),
    ...jobsFor('tools_in_stream', servedModels, weather),
  ];
  const reports = jobsFor('structured', servedModels, 'A report, please');
  const thoughts = ['thinking', 'thinking_in_stream'].flatMap((scenario) =>
    thinkingModels.map((served) =>
      // OpenAI's format has no word that asks to see thoughts; the sandbox needs a directive.
      job(scenario, served, served.wire === 'openai' ? `[[reasoning=8]] ${weather}` : weather),
    ),
  );
  let gateway: TestGateway;
  let outcomes: Map<string, unknown>;

  beforeAll(async () => {
    gateway = await startThreeProtocols();
    outcomes = await runJobs({
      base_url: `${gateway.url}/v1`,
      api_key: gateway.apiKey,
      jobs: [...texts, ...streams, ...tools, ...reports, ...thoughts],
    });
  }, longestRun);
  afterAll(() => gateway.stop());

  it.each(texts)('gets a $name', ({ name, id, served }) => {
    const entry = gateway.sandbox.tally().find((call) => call.id === id);
    expect(outcomes.get(name)).toEqual({
      result: {
        text: expect.stringMatching(/^\s*(\S+\s*){7}$/),
        finish: 'stop',
        usage: expect.objectContaining({
          prompt_tokens: entry?.promptTokens,
          completion_tokens: 7,
          prompt_tokens_details: expect.objectContaining({ cached_tokens: 2 }),
          cost_usd_total: expect.any(Number),
        }),
      },
    });
    expectServed(gateway, id, served.wire, [200]);
  });

  it.each(streams)('reads a $name', ({ name, id, served }) => {
    expect(outcomes.get(name)).toEqual({
      result: {
        pieces: expect.arrayContaining([expect.stringMatching(/\w/)]),
        usage: expect.objectContaining({
          completion_tokens: 20,
          cost_usd_total: expect.any(Number),
        }),
      },
    });
    expectServed(gateway, id, served.wire, [200]);
  });

  it.each(tools)('calls $name', ({ name, id, served }) => {
    const called = { name: 'get_weather', arguments: '{"city":"city","days":1}' };
    expect(outcomes.get(name)).toMatchObject({
      result: {
        first: { role: 'assistant', tool_calls: [{ function: called }] },
        last: { content: 'The tool answered: three days of sun' },
      },
    });
    expectServed(gateway, id, served.wire, [200, 200]);
  });

  it.each(reports)('parses what is $name', ({ name, id, served }) => {
    expect(outcomes.get(name)).toEqual({
      result: { city: 'city', days: [{ degrees: expect.any(Number), rain: true }] },
    });
    expectServed(gateway, id, served.wire, [200]);
  });

  it.each(thoughts)('goes on $name', ({ name, id, served }) => {
    expect(outcomes.get(name)).toMatchObject({
      result: {
        first: { reasoning: expect.stringMatching(/^\s*(\S+\s*){8}$/) },
        // Had the thoughts been lost on the way back, the gateway would have gone on without thinking.
        last: {
          reasoning: expect.stringMatching(/\w/),
          content: 'The tool answered: three days of sun',
        },
      },
    });
    expectServed(gateway, id, served.wire, [200, 200]);
  });
});
