import { Injectable, Logger } from '@nestjs/common';
import type { ProviderDefinition } from '../../core/provider.js';
import { parsedUrl } from '../../core/parsed-url.js';
import { Environment } from '../../platform/env.js';
import { CREDENTIAL_PROVIDERS } from '../search/registry.js';
import { fillBaseUrl, missingVariables, settingsFrom } from './base-url.js';
import type { Ranked } from './credential-order.js';
import { headersOf } from './credential-settings.js';

interface PlatformAccess {
  /** With the places for settings that its definition has. */
  readonly baseUrl: string;
  readonly hosts: ProviderDefinition['hosts'];
  readonly secret: string | undefined;
  readonly settings: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>> | undefined;
  /** Variables of which one must be set for the key to be used. */
  readonly missing: readonly string[];
}

/** What the environment says of providers: their addresses, and the platform's keys. */
@Injectable()
export class EnvironmentCredentialsService {
  private readonly access: ReadonlyMap<string, PlatformAccess>;

  constructor(environment: Environment) {
    const sandboxRuns =
      environment.SANDBOX_BASE_URL !== undefined && environment.NODE_ENV !== 'production';
    this.access = new Map(
      CREDENTIAL_PROVIDERS.map((provider) => [
        provider.id,
        accessTo(provider, process.env, sandboxRuns),
      ]),
    );
    const logger = new Logger(EnvironmentCredentialsService.name);
    for (const [id, { secret, missing }] of this.access)
      if (secret !== undefined && missing.length > 0)
        logger.log(`the key of ${id} is not used: ${missing.join(' or ')} is not set`);
  }

  /** The address of a provider, without a trailing slash; it may have places for settings. */
  baseUrlOf(provider: ProviderDefinition): string {
    return this.access.get(provider.id)?.baseUrl ?? provider.baseUrl;
  }

  /** The platform's keys; they go before stored ones of the same priority. */
  all(): readonly Ranked[] {
    return [...this.access].flatMap(([providerId, { secret, settings, headers, ...access }]) => {
      const baseUrl = fillBaseUrl(access.baseUrl, settings, access.hosts);
      if (secret === undefined || baseUrl === undefined || access.missing.length > 0) return [];
      const { origin } = new URL(baseUrl);
      const place = { id: `platform:${providerId}`, owner: 'platform', baseUrl, origin } as const;
      const credential = { ...place, secret, settings, ...(headers ? { headers } : {}) };
      return [{ credential, providerId, priority: 0, createdAt: 0 }];
    });
  }
}

/** A key in parts; undefined where one that is needed is missing. */
function joinedKey(
  { environmentParts: parts }: ProviderDefinition,
  source: NodeJS.ProcessEnv,
): string | undefined {
  if (!parts?.needed.every((variable) => source[variable])) return undefined;
  const names = [...parts.needed, ...parts.optional];
  return names.flatMap((variable) => source[variable] || []).join(':');
}

/** In place of an address whose settings are not there. */
const NO_ADDRESS_YET = 'https://localhost';

/**
 * A provider without authentication has the empty secret where it may be used at all: the sandbox where it runs, others
 * where their variable is set.
 */
function accessTo(
  provider: ProviderDefinition,
  source: NodeJS.ProcessEnv,
  sandboxRuns: boolean,
): PlatformAccess {
  const baseUrl = (source[provider.baseUrlEnvironment] || provider.baseUrl).replace(/\/+$/, '');
  const name = provider.environment.find((variable) => source[variable]);
  const key = name === undefined ? joinedKey(provider, source) : source[name];
  const isOpen = provider.auth.kind === 'none';
  const mayBeUsed = sandboxRuns && provider.environment.length === 0;
  const secret = isOpen && (mayBeUsed || key !== undefined) ? '' : key;
  // Without a key nobody asks for the rest, and variables of these names may be there for others.
  const settings = secret === undefined ? {} : settingsFrom(source, provider);
  if (!parsedUrl(fillBaseUrl(baseUrl, settings) ?? NO_ADDRESS_YET))
    throw new Error(`${provider.baseUrlEnvironment} is not a URL: ${baseUrl}`);
  return {
    baseUrl,
    hosts: provider.hosts,
    secret,
    settings,
    headers: headersOf(settings, provider),
    missing: missingVariables(baseUrl, settings, provider),
  };
}
