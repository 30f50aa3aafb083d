import type { ChatRequest } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import { isExpressible, toKnownSchema } from '../anthropic-messages/schema.js';
import { isObject, objectOf, type JsonObject } from '../json.js';
import { familyOf } from './model-family.js';

/** The tool whose arguments are the answer, for models that know no format. */
export const ANSWER_TOOL = 'gateway_json_answer';

/** Claude before 4.5. */
const FORMER_CLAUDE = /claude-(?:\d|instant|[a-z]+-4-(?:[01]\b|20\d{6}))/;

/** How an answer is had in the form of a JSON schema. */
type Way = 'format' | 'tool';

/**
 * Nova and earlier Claude know no format, but can be made to call a tool.
 * Source: docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html, supported models.
 */
function wayOf(target: Target): Way {
  const former = FORMER_CLAUDE.test(target.offer.upstreamModel);
  return former || familyOf(target) === 'nova' ? 'tool' : 'format';
}

function schemaOf({ response_format: format }: ChatRequest): JsonObject | undefined {
  if (format?.type !== 'json_schema') return undefined;
  const { schema } = objectOf(format.json_schema);
  return isObject(schema) ? schema : {};
}

/** Whether the target can answer in the wanted form. A forced call leaves no room for other tools. */
export function isSupportedFormat(request: ChatRequest, target: Target): boolean {
  const schema = schemaOf(request);
  if (!schema) return true;
  if (wayOf(target) === 'tool')
    return schema['type'] === 'object' && (request.tools ?? []).length === 0;
  return (
    target.offer.capabilities.jsonSchema === true &&
    Object.keys(schema).length > 0 &&
    isExpressible(schema)
  );
}

/** Whether the answer comes as the arguments of a call. */
export function answersByTool(request: ChatRequest, target: Target): boolean {
  return schemaOf(request) !== undefined && wayOf(target) === 'tool';
}

/** `outputConfig` for a JSON schema, where the model knows it. */
export function outputConfig(request: ChatRequest, target: Target): JsonObject | undefined {
  const schema = schemaOf(request);
  if (!schema || wayOf(target) === 'tool') return undefined;
  const { name, description } = namesOf(request);
  const structure = {
    jsonSchema: { name, ...description, schema: JSON.stringify(toKnownSchema(schema)) },
  };
  return { textFormat: { type: 'json_schema', structure } };
}

/** The tool of the answer. */
export function answerTool(request: ChatRequest): JsonObject {
  const { description } = namesOf(request);
  const inputSchema = { json: schemaOf(request) ?? { type: 'object' } };
  return {
    toolSpec: {
      name: ANSWER_TOOL,
      description: 'Gives the answer in the form that was asked for.',
      ...description,
      inputSchema,
    },
  };
}

function namesOf({ response_format: format }: ChatRequest) {
  const { name, description } = objectOf(objectOf(format)['json_schema']);
  const described = typeof description === 'string' && description !== '';
  return {
    name: typeof name === 'string' ? name : 'answer',
    description: described ? { description } : {},
  };
}
