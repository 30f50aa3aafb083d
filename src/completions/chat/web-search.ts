import type { ChatRequest } from '../../core/chat.js';
import { invalidParameter } from '../../core/errors.js';
import { isObject, type JsonObject } from '../../core/json-object.js';
import { CONTEXT_SIZES, isWebSearchTool } from '../../providers/index.js';

const MAX_USES = 100;
const MAX_DOMAINS = 100;
const DOMAIN = /^(?=.{1,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i;
const LISTS = ['allowed_domains', 'blocked_domains'] as const;

/** A field of a search, whether its value is one, and what is said where it is not. */
type Check = readonly [field: string, isRight: (value: unknown) => boolean, rule: string];

const CHECKS: readonly Check[] = [
  [
    'search_context_size',
    (value) => CONTEXT_SIZES.some((size) => size === value),
    `must be one of ${CONTEXT_SIZES.join(', ')}`,
  ],
  ['max_uses', isUses, `must be an integer from 1 to ${MAX_USES}`],
  ['user_location', isObject, 'must be an object'],
  ['filters', isObject, 'must be an object'],
  ...domainChecks(),
];

/**
 * Checks what a request says of web search, as tool or as options.
 * @throws GatewayError invalid_parameter naming the field
 */
export function assertWebSearch({ tools, web_search_options: options }: ChatRequest): void {
  if (options !== undefined) {
    if (!isObject(options))
      throw invalidParameter('web_search_options', 'web_search_options must be an object.');
    assertSearch(options, 'web_search_options');
  }
  if (!tools) return;
  for (const [index, tool] of tools.entries())
    if (isWebSearchTool(tool)) assertSearch(tool, `tools[${index}]`);
}

function assertSearch(told: JsonObject, where: string): void {
  assertFields(told, where, CHECKS);
  const { filters } = told;
  if (isObject(filters)) assertFields(filters, `${where}.filters`, domainChecks());
}

function assertFields(told: JsonObject, where: string, checks: readonly Check[]): void {
  for (const [field, isRight, rule] of checks) {
    const value = told[field] ?? undefined;
    if (value === undefined || isRight(value)) continue;
    const param = `${where}.${field}`;
    throw invalidParameter(param, `${param} ${rule}.`);
  }
}

function domainChecks(): readonly Check[] {
  return LISTS.map((list) => [list, isDomains, `must be at most ${MAX_DOMAINS} names of hosts`]);
}

function isUses(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_USES;
}

function isDomains(value: unknown): boolean {
  if (!Array.isArray(value) || value.length > MAX_DOMAINS) return false;
  return value.every((domain) => typeof domain === 'string' && DOMAIN.test(domain));
}
