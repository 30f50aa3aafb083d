import { isJson, object, objects, text, type Json } from '../json.js';
import {
  callText,
  emptyTurn,
  mergedTurns,
  parameters,
  toolOutline,
  type Outline,
  type Turn,
} from './outline.js';

/** The outline of a request of Gemini's generateContent. */
export function outlineGenerateContent(original: Json): Outline {
  const request = object(restNames(original));
  const settings = object(request['generationConfig']);
  const calling = object(object(request['toolConfig'])['functionCallingConfig']);
  const stop = settings['stopSequences'];
  return {
    system: partsText(object(request['systemInstruction'])['parts']),
    turns: mergedTurns(objects(request['contents']).map(turnOf)),
    tools: objects(request['tools'])
      .flatMap((tool) => objects(tool['functionDeclarations']))
      .map((tool) =>
        toolOutline(
          tool['name'],
          tool['description'],
          tool['parametersJsonSchema'] ?? tool['parameters'],
        ),
      ),
    parameters: parameters(
      {
        max_tokens: settings['maxOutputTokens'],
        temperature: settings['temperature'],
        top_p: settings['topP'],
        seed: settings['seed'],
        n: settings['candidateCount'],
        stop: Array.isArray(stop) && stop.length > 0 ? JSON.stringify(stop) : undefined,
        tool_choice: calling['mode'],
        allowed: JSON.stringify(calling['allowedFunctionNames']),
        response_format: settings['responseMimeType'],
        thinking: object(settings['thinkingConfig'])['thinkingBudget'],
        level: object(settings['thinkingConfig'])['thinkingLevel'],
        modalities: JSON.stringify(settings['responseModalities']),
        own_tools: ownTools(request),
      },
      { n: 1, tool_choice: 'AUTO', modalities: '["TEXT"]', own_tools: '', thinking: -1 },
    ),
  };
}

/** Clients write the names of fields in both ways; what applications own (arguments, schemas) stays as it is. */
function restNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(restNames);
  if (!isJson(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const rest = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
      return [rest, OF_APPLICATIONS.has(rest) ? inner : restNames(inner)];
    }),
  );
}

const OF_APPLICATIONS = new Set([
  'args',
  'response',
  'parameters',
  'parametersJsonSchema',
  'responseSchema',
  'responseJsonSchema',
]);

/** Google's own tools by name. */
function ownTools(request: Json): string {
  const names = objects(request['tools']).flatMap((tool) =>
    Object.keys(tool).filter((name) => isJson(tool[name])),
  );
  return names.sort().join();
}

function turnOf(content: Json): Turn {
  const parts = objects(content['parts']);
  const responses = parts.map((part) => part['functionResponse']).filter(isJson);
  const media = [...parts, ...responses.flatMap((response) => objects(response['parts']))];
  const calls = parts.filter((part) => isJson(part['functionCall']));
  return {
    ...emptyTurn(content['role'] === 'model' ? 'assistant' : 'user'),
    text: partsText(parts),
    media: media.filter((part) => isJson(part['inlineData']) || isJson(part['fileData'])).length,
    calls: calls.map(({ functionCall }) => callOf(object(functionCall), 'args')),
    results: responses.map((response) => callOf(response, 'response')),
    signatures: calls
      .map((part) => text(part['thoughtSignature']))
      .filter((signature) => signature !== ''),
  };
}

/** A call or its result, which Google tells apart by the field that holds the object. */
function callOf(call: Json, field: string): string {
  return `${text(call['id'])} ${callText(call['name'], call[field] ?? {})}`;
}

function partsText(parts: unknown): string {
  return objects(parts)
    .filter((part) => part['thought'] !== true)
    .map((part) => text(part['text']))
    .join('');
}
