import { isJson, object, objects, text, type Json } from '../json.js';
import { guardedText } from '../to-openai/converse-content.js';
import {
  callText,
  emptyTurn,
  mergedTurns,
  parameters,
  toolOutline,
  type Outline,
  type Turn,
} from './outline.js';

/** The outline of a request of Bedrock's Converse. */
export function outlineConverse(request: Json): Outline {
  const settings = object(request['inferenceConfig']);
  const tools = object(request['toolConfig']);
  const fields = object(request['additionalModelRequestFields']);
  const thinks = isJson(fields['thinking']);
  return {
    system: contentText(request['system']),
    turns: mergedTurns(objects(request['messages']).map(turnOf)),
    tools: objects(tools['tools'])
      .map((tool) => object(tool['toolSpec']))
      .filter((tool) => tool['name'] !== undefined)
      .map((tool) =>
        toolOutline(tool['name'], tool['description'], object(tool['inputSchema'])['json']),
      ),
    parameters: parameters(
      {
        // A budget to think goes with the limit that it stays below, which a client may leave out.
        max_tokens: thinks ? undefined : settings['maxTokens'],
        temperature: settings['temperature'],
        top_p: settings['topP'],
        stop: Array.isArray(settings['stopSequences'])
          ? JSON.stringify(settings['stopSequences'])
          : undefined,
        tool_choice: choiceOf(object(tools['toolChoice'])),
        response_format: object(object(request['outputConfig'])['textFormat'])['type'],
        thinks: thinks || undefined,
        budget: object(fields['thinking'])['budget_tokens'],
        guardrail: object(request['guardrailConfig'])['guardrailIdentifier'],
        tier: object(request['serviceTier'])['type'],
        cache_points: JSON.stringify(request).split('"cachePoint"').length - 1,
      },
      { temperature: 1, top_p: 1, tool_choice: 'auto', tier: 'default', cache_points: 0 },
    ),
  };
}

function choiceOf(choice: Json): string | undefined {
  const [name] = Object.keys(choice);
  return name === 'tool' ? `tool ${text(object(choice['tool'])['name'])}` : name;
}

function turnOf(message: Json): Turn {
  const blocks = objects(message['content']);
  const of = (name: string): Json[] => blocks.map((block) => block[name]).filter(isJson);
  const thoughts = of('reasoningContent');
  return {
    ...emptyTurn(message['role'] === 'assistant' ? 'assistant' : 'user'),
    text: contentText(blocks),
    media: [...of('image'), ...of('document'), ...of('video')].length,
    calls: of('toolUse').map(
      (call) => `${text(call['toolUseId'])} ${callText(call['name'], call['input'])}`,
    ),
    results: of('toolResult').map(
      (result) => `${text(result['toolUseId'])} ${resultText(result['content'])}`,
    ),
    signatures: [
      ...thoughts.map((thought) => text(object(thought['reasoningText'])['signature'])),
      ...thoughts.map((thought) => text(thought['redactedContent'])),
    ].filter((signature) => signature !== ''),
  };
}

function contentText(content: unknown): string {
  return objects(content)
    .map((block) => text(block['text']) || guardedText(block))
    .join('');
}

/** What is no text was told to the gateway as text. */
function resultText(content: unknown): string {
  return objects(content)
    .map((block) => text(block['text']) || JSON.stringify(block))
    .join('');
}
