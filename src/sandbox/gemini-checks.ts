import { arrayAt, isObject, numberAt, objectAt, stringAt, type JsonObject } from './json-read.js';
import { signFunctionCall } from './signature.js';
import type { Refusal, SandboxRequest } from './types.js';

// Google documents these for histories that come from another model.
const BYPASSES = ['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go'];

// Before Gemini 3 a missing signature made answers worse, but was no error.
const LENIENT_MODEL = /^gemini-[12](?:\D|$)/;

/** What generateContent refuses with 400. */
export function checkGemini(body: JsonObject, request: SandboxRequest): Refusal | undefined {
  const contents = arrayAt(body, 'contents');
  if (contents.length === 0) {
    return invalid('* GenerateContentRequest.contents: contents is not specified\n');
  }
  const limit = numberAt(objectAt(body, 'generationConfig'), 'maxOutputTokens') ?? 1;
  if (limit < 1) return invalid('max_output_tokens must be positive');
  return checkResponses(contents) ?? checkSignatures(contents, request.model);
}

function checkResponses(contents: readonly unknown[]): Refusal | undefined {
  let called = 0;
  for (const content of contents) {
    const answered = partsWith(content, 'functionResponse').length;
    if (answered !== called) {
      return invalid(
        'Please ensure that the number of function response parts is equal to the number of ' +
          'function call parts of the function call turn.',
      );
    }
    called = partsWith(content, 'functionCall').length;
  }
  return undefined;
}

/** Signatures must be the ones issued; within the running turn they must also be there. */
function checkSignatures(contents: readonly unknown[], model: string): Refusal | undefined {
  const turnStart = contents.findLastIndex(isUserText);
  for (const [index, content] of contents.entries()) {
    for (const [at, part] of partsWith(content, 'functionCall').entries()) {
      const call = objectAt(part, 'functionCall');
      const name = stringAt(call, 'name') ?? '';
      const signature = stringAt(part, 'thoughtSignature') ?? stringAt(part, 'thought_signature');
      if (signature === undefined) {
        // Only the first of parallel calls is signed.
        if (at > 0 || index < turnStart || LENIENT_MODEL.test(model)) continue;
        return invalid(missing(name, index));
      }
      const known =
        BYPASSES.includes(signature) || signature === signFunctionCall(name, call?.args ?? {});
      if (!known) return invalid('Corrupted thought signature.');
    }
  }
  return undefined;
}

function missing(name: string, index: number): string {
  return (
    'Function call is missing a thought_signature in functionCall parts. This is required for ' +
    'tools to work correctly, and missing thought_signature may lead to degraded model ' +
    `performance. Additional data, function call \`default_api:${name}\` , position ${index + 1}.`
  );
}

function isUserText(content: unknown): boolean {
  return stringAt(content, 'role') !== 'model' && partsWith(content, 'text').length > 0;
}

function partsWith(content: unknown, key: string): JsonObject[] {
  return arrayAt(content, 'parts').filter(
    (part): part is JsonObject => isObject(part) && key in part,
  );
}

function invalid(message: string): Refusal {
  return { status: 400, message };
}
