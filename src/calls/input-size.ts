import type { ChatRequest, ChatTool, ContentPart } from '../core/chat.js';
import { isObject } from '../core/json-object.js';

/** Searches that a provider is taken to run at most where the request does not bound them. */
const SEARCHES = 10;

/** What of a request becomes input, as far as it can be told without a tokenizer. */
export class InputSize {
  /** All text, tools and schemas as JSON; how many characters, and how many bytes as UTF-8. */
  readonly texts: string[] = [];
  characters = 0;
  bytes = 0;
  /** Messages, tools and schemas: each stands in a template. */
  pieces = 0;
  hasTools = false;
  /** `detail` of each image. */
  readonly images: string[] = [];
  /** Format of each piece of audio, and its characters of base64. */
  readonly audio: { readonly format: string; readonly length: number }[] = [];
  /** Characters of base64 of each other file; 0: it is only named. */
  readonly files: number[] = [];
  /** Searches that the provider may run; 0: none was asked for. */
  searches = 0;
  /** Tools that the provider runs by itself, search aside. */
  serverTools = 0;

  get media(): number {
    return this.images.length + this.audio.length + this.files.length;
  }

  addText(text: unknown): void {
    if (typeof text !== 'string' || text === '') return;
    this.texts.push(text);
    this.characters += text.length;
    this.bytes += Buffer.byteLength(text);
  }

  addPart(part: ContentPart): void {
    switch (part.type) {
      case 'text':
        return this.addText(part.text);
      case 'refusal':
        return this.addText(part.refusal);
      case 'image_url':
        this.images.push(part.image_url.detail ?? 'auto');
        return;
      case 'input_audio': {
        const { data, format } = part.input_audio;
        this.audio.push({ format, length: data.length });
        return;
      }
      default:
        this.files.push(part.file?.file_data?.length ?? 0);
    }
  }

  addTool(tool: ChatTool): void {
    this.hasTools = true;
    if (tool.type.startsWith('web_search')) this.addSearch(tool['max_uses']);
    else if (tool.type !== 'function' && tool.type !== 'custom') this.serverTools++;
    this.addJson(tool);
  }

  addJson(value: object): void {
    this.pieces++;
    this.addText(JSON.stringify(value));
  }

  addSearch(most?: unknown): void {
    this.searches = typeof most === 'number' && most > 0 ? Math.ceil(most) : SEARCHES;
  }
}

/** Measures a request. */
export function inputSizeOf(request: ChatRequest): InputSize {
  const size = new InputSize();
  for (const message of request.messages) {
    size.pieces++;
    size.addText(message.name);
    size.addText(message.reasoning);
    if (message.reasoning_details) size.addText(JSON.stringify(message.reasoning_details));
    if (Array.isArray(message.content)) for (const part of message.content) size.addPart(part);
    else size.addText(message.content);
    for (const call of message.tool_calls ?? []) {
      size.addText(call.function.name);
      size.addText(call.function.arguments);
    }
  }
  if (request.response_format) size.addJson(request.response_format);
  for (const tool of request.tools ?? []) size.addTool(tool);
  const asksForSearch = request['web_search'] === true || isObject(request['web_search_options']);
  if (asksForSearch && size.searches === 0) size.addSearch();
  return size;
}
