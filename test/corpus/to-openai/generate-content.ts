import { defined, isJson, object, objects, text, type Json } from '../json.js';
import { contentMessages } from './generate-content-turns.js';
import { Losses, type MappedRequest } from './mapped-request.js';

/** A request of Gemini's generateContent in OpenAI's shape. */
export function fromGenerateContent(request: Json): MappedRequest {
  const losses = new Losses();
  const settings = object(request['generationConfig'] ?? request['generation_config']);
  const stop = settings['stopSequences'];
  if (request['modelArmorConfig']) losses.add('modelArmorConfig');
  const body = defined({
    messages: [...systemOf(request), ...contentMessages(objects(request['contents']), losses)],
    max_tokens: settings['maxOutputTokens'],
    temperature: settings['temperature'],
    top_p: settings['topP'],
    seed: settings['seed'],
    n: settings['candidateCount'],
    presence_penalty: settings['presencePenalty'],
    frequency_penalty: settings['frequencyPenalty'],
    stop: Array.isArray(stop) && stop.length > 0 ? stop : undefined,
    tools: toolsOf(request),
    tool_choice: toolChoice(request),
    response_format: responseFormat(settings),
    ...reasoningOf(object(settings['thinkingConfig'])),
    ...modalitiesOf(settings),
    ...ownFields(request),
  });
  return { body, lost: losses.list() };
}

/** Google's own fields, which the gateway hands on to a provider of this dialect. */
function ownFields(request: Json): Json {
  const { functionCallingConfig: _choice, ...toolConfig } = object(request['toolConfig']);
  return {
    safetySettings: request['safetySettings'] ?? undefined,
    labels: request['labels'],
    cachedContent: request['cachedContent'],
    toolConfig: Object.keys(toolConfig).length > 0 ? toolConfig : undefined,
  };
}

function systemOf(request: Json): Json[] {
  const instruction = object(request['systemInstruction'] ?? request['system_instruction']);
  const parts = objects(instruction['parts']).map((part) => ({
    type: 'text',
    text: text(part['text']),
  }));
  return parts.length > 0 ? [{ role: 'system', content: parts }] : [];
}

function toolsOf(request: Json): Json[] | undefined {
  const tools = objects(request['tools']).flatMap((tool) =>
    Object.entries(tool).flatMap(([name, value]) => {
      if (name === 'functionDeclarations' || name === 'function_declarations')
        return objects(value).map(functionTool);
      if (name === 'googleSearch' && isJson(value)) return [{ type: 'web_search' }];
      return isJson(value) ? [{ type: name, ...value }] : [];
    }),
  );
  return tools.length > 0 ? tools : undefined;
}

function functionTool(declaration: Json): Json {
  const schema =
    declaration['parametersJsonSchema'] ??
    declaration['parameters_json_schema'] ??
    declaration['parameters'];
  const { name, description } = declaration;
  return {
    type: 'function',
    function: defined({ name, description, parameters: schemaOf(schema) }),
  };
}

/** Google's OpenAPI schemas name types in capitals and say `nullable`. */
function schemaOf(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(schemaOf);
  if (!isJson(schema)) return schema;
  const mapped = Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [name, schemaOf(value)]),
  );
  if (typeof mapped['type'] === 'string') mapped['type'] = mapped['type'].toLowerCase();
  return mapped;
}

const CHOICES: Readonly<Record<string, string>> = { AUTO: 'auto', ANY: 'required', NONE: 'none' };

function toolChoice(request: Json): unknown {
  const config = object(object(request['toolConfig'])['functionCallingConfig']);
  const allowed = Array.isArray(config['allowedFunctionNames'])
    ? config['allowedFunctionNames'].map(text)
    : [];
  if (allowed.length === 0) return CHOICES[text(config['mode'])];
  const named = allowed.map((name) => ({ type: 'function', function: { name } }));
  return allowed.length === 1
    ? named[0]
    : { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: named } };
}

function responseFormat(settings: Json): Json | undefined {
  if (settings['responseMimeType'] !== 'application/json') return undefined;
  const schema = settings['responseJsonSchema'] ?? settings['responseSchema'];
  if (!isJson(schema)) return { type: 'json_object' };
  return { type: 'json_schema', json_schema: { name: 'answer', schema: schemaOf(schema) } };
}

function reasoningOf(thinking: Json): Json {
  const { thinkingBudget: budget, thinkingLevel: level } = thinking;
  if (typeof level === 'string') return { reasoning_effort: level.toLowerCase() };
  if (typeof budget !== 'number' || budget < 0) return {};
  return budget === 0 ? { reasoning_effort: 'none' } : { reasoning: { max_tokens: budget } };
}

function modalitiesOf(settings: Json): Json {
  const asked = Array.isArray(settings['responseModalities'])
    ? settings['responseModalities'].map(text)
    : [];
  if (asked.every((modality) => modality === 'TEXT')) return {};
  const modalities = asked.map((modality) => modality.toLowerCase());
  if (!modalities.includes('audio')) return { modalities };
  const voice = object(
    object(object(settings['speechConfig'])['voiceConfig'])['prebuiltVoiceConfig'],
  )['voiceName'];
  return { modalities, audio: { voice: text(voice) || 'Kore', format: 'pcm16' } };
}
