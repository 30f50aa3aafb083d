import { describe, expect, it } from '@jest/globals';
import { gemini } from './gemini.js';
import { arrayAt, isObject, objectAt, stringAt, type JsonObject } from './json-read.js';
import { decideReply } from './reply.js';

const PARAMETERS = { type: 'OBJECT', properties: { city: { type: 'STRING' } }, required: ['city'] };
const TOOLS = [{ functionDeclarations: [{ name: 'get_weather', parameters: PARAMETERS }] }];
const TARGET = { model: 'gemini-3-pro', stream: true };

function asking(text: string, changes: JsonObject = {}): JsonObject {
  return { contents: [{ role: 'user', parts: [{ text }] }], tools: TOOLS, ...changes };
}

function answerTo(body: JsonObject): Parameters<typeof gemini.whole>[0] {
  const request = gemini.parse(body, TARGET);
  return { id: 'sbx1', created: 1, body, request, reply: decideReply(request) };
}

const whole = (body: JsonObject): JsonObject =>
  JSON.parse(gemini.whole(answerTo(body))) as JsonObject;

function events(body: JsonObject): JsonObject[] {
  return [...gemini.frames(answerTo(body))].map(({ data }) => {
    const [, json = ''] = /^data: (.*)\r\n\r\n$/.exec(data) ?? [];
    return JSON.parse(json) as JsonObject;
  });
}

const candidatesOf = (response: JsonObject): readonly unknown[] => arrayAt(response, 'candidates');

/** What a client keeps of a list of responses: texts, calls, and the last of everything else. */
function gathered(responses: readonly JsonObject[], index = 0): JsonObject {
  let [text, thought] = ['', ''];
  const calls: unknown[] = [];
  const signatures: unknown[] = [];
  let finishReason: unknown;
  for (const candidate of responses.flatMap(candidatesOf)) {
    if (!isObject(candidate) || candidate.index !== index) continue;
    finishReason = candidate.finishReason ?? finishReason;
    for (const part of arrayAt(objectAt(candidate, 'content'), 'parts')) {
      const piece = stringAt(part, 'text') ?? '';
      if (isObject(part) && part.thought === true) thought += piece;
      else text += piece;
      if (isObject(part) && 'functionCall' in part) calls.push(part.functionCall);
      if (isObject(part) && 'thoughtSignature' in part) signatures.push(part.thoughtSignature);
    }
  }
  const usage = responses.at(-1)?.usageMetadata;
  return { text, thought, calls, signatures, finishReason, usage };
}

describe('a Gemini stream', () => {
  it.each([
    ['text', asking('Hello "you"\nthere')],
    ['thoughts', asking('[[reasoning=4 tokens=20 cached=3]]')],
    ['tool calls', asking('[[tools=2 reasoning=2]]')],
    ['a cut answer', asking('[[tokens=20]]', { generationConfig: { maxOutputTokens: 3 } })],
    ['a cut call', asking('[[tool=get_weather]]', { generationConfig: { maxOutputTokens: 2 } })],
    ['JSON', asking('Hi', { generation_config: { response_mime_type: 'application/json' } })],
    ['no usage', asking('Hi [[no_usage=1]]')],
  ])('adds up to the whole answer: %s', (_name, body) => {
    expect(gathered(events(body))).toEqual(gathered([whole(body)]));
  });

  it('keeps candidates apart', () => {
    const body = asking('Hi', { generationConfig: { candidateCount: 2 } });
    expect(gathered(events(body), 1)).toEqual(gathered([whole(body)], 1));
    expect(gathered(events(body), 1).text).toBe('You said (2): Hi');
  });

  it('counts thoughts apart and repeats the usage so far', () => {
    const body = asking('[[reasoning=2 tokens=3 cached=5]]');
    expect(whole(body).usageMetadata).toMatchObject({
      promptTokenCount: 9,
      cachedContentTokenCount: 5,
      candidatesTokenCount: 3,
      thoughtsTokenCount: 2,
      totalTokenCount: 14,
    });
    const totals = events(body).map((event) => objectAt(event, 'usageMetadata')?.totalTokenCount);
    expect(totals).toEqual([10, 11, 12, 13, 14, 14]);
  });

  it('signs the first of parallel calls only', () => {
    const { calls, signatures } = gathered([whole(asking('[[tools=2]]'))]);
    expect([calls, signatures]).toMatchObject([{ length: 2 }, { length: 1 }]);
  });

  it('counts the system instruction', () => {
    const systemInstruction = { parts: [{ text: 'x'.repeat(40) }] };
    const { usage } = gathered([whole(asking('1234', { systemInstruction }))]);
    expect(usage).toMatchObject({ promptTokenCount: 11 });
  });

  it('marks as many tokens as it counts', () => {
    for (const limit of [2, 1000]) {
      const config = { generationConfig: { maxOutputTokens: limit } };
      const answer = answerTo(asking('[[tools=2 reasoning=1]]', config));
      const sum = [...gemini.frames(answer)].reduce((total, frame) => total + frame.tokens, 0);
      expect(sum).toBe(answer.reply.usage.completionTokens);
    }
  });

  it('shows thoughts to who asks for them', () => {
    const generationConfig = { thinkingConfig: { includeThoughts: true } };
    expect(gathered([whole(asking('x', { generationConfig }))]).thought).not.toBe('');
    expect(gathered([whole(asking('x'))]).thought).toBe('');
  });

  it('follows the function calling mode', () => {
    const mode = (config: JsonObject): unknown =>
      gathered([whole(asking('x', { toolConfig: { functionCallingConfig: config } }))]).calls;
    const call = { name: 'get_weather', args: { city: 'city' } };
    expect(mode({ mode: 'ANY' })).toEqual([call]);
    expect(mode({ mode: 'ANY', allowedFunctionNames: ['get_weather'] })).toEqual([call]);
    expect(mode({ mode: 'AUTO' })).toEqual([]);
  });
});

describe('what Gemini refuses', () => {
  const refusal = (body: JsonObject, model = 'gemini-3-pro'): unknown =>
    gemini.check(body, gemini.parse(body, { model }));

  /** The request that follows a tool call, with the part of the call as `change` leaves it. */
  function continued(change: (part: JsonObject) => JsonObject): JsonObject {
    const body = asking('[[tool=get_weather]]');
    const content = objectAt(candidatesOf(whole(body))[0], 'content');
    const parts = arrayAt(content, 'parts').filter(isObject).map(change);
    const functionResponse = { name: 'get_weather', response: { result: 'sunny' } };
    const contents = [
      ...arrayAt(body, 'contents'),
      { role: 'model', parts },
      { role: 'user', parts: [{ functionResponse }] },
    ];
    return { ...body, contents };
  }

  const unsigned = ({ functionCall }: JsonObject): JsonObject => ({ functionCall });
  const signed =
    (signature: string) =>
    (part: JsonObject): JsonObject => ({
      ...part,
      thoughtSignature: signature,
    });

  it('accepts a continuation that is complete', () => {
    const body = continued((part) => part);
    expect(refusal(body)).toBeUndefined();
    expect(gathered([whole(body)]).text).toBe('The tool answered: sunny');
  });

  it('refuses a lost signature, but not in an earlier turn or of an older model', () => {
    const body = continued(unsigned);
    expect(refusal(body)).toMatchObject({
      message: expect.stringContaining('missing a thought_sig'),
    });
    expect(refusal(body, 'gemini-2.5-flash')).toBeUndefined();
    const later = { role: 'user', parts: [{ text: 'and now?' }] };
    expect(refusal({ ...body, contents: [...arrayAt(body, 'contents'), later] })).toBeUndefined();
  });

  it('refuses a changed signature, and lets the documented bypass through', () => {
    const corrupted = { status: 400, message: 'Corrupted thought signature.' };
    expect(refusal(continued(signed('x')))).toEqual(corrupted);
    expect(refusal(continued(signed('x')), 'gemini-2.5-flash')).toEqual(corrupted);
    expect(refusal(continued(signed('skip_thought_signature_validator')))).toBeUndefined();
  });

  it('refuses changed arguments', () => {
    const body = continued((part) => ({
      ...part,
      functionCall: { name: 'get_weather', args: { city: 'elsewhere' } },
    }));
    expect(refusal(body)).toMatchObject({ message: 'Corrupted thought signature.' });
  });

  it('refuses calls and responses that do not match, and empty contents', () => {
    const body = continued((part) => part);
    const contents = arrayAt(body, 'contents');
    const answers = { message: expect.stringContaining('number of function response parts') };
    expect(refusal({ ...body, contents: [contents[0], contents[2]] })).toMatchObject(answers);
    expect(refusal({ contents: [] })).toMatchObject({ status: 400 });
  });
});
