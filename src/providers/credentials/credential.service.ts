import { Injectable } from '@nestjs/common';
import type { Principal } from '../../core/principal.js';
import type { ProviderDefinition } from '../../core/provider.js';
import type { Credential } from '../../core/target.js';
import { Environment } from '../../platform/env.js';
import { PROVIDERS } from '../definitions/registry.js';

interface PlatformAccess {
  readonly baseUrl: string;
  readonly credential: Credential | undefined;
}

/** Whose key is used at which provider, and at which address. */
@Injectable()
export class CredentialService {
  private readonly platform: ReadonlyMap<string, PlatformAccess>;

  constructor(environment: Environment) {
    const sandboxRuns =
      environment.SANDBOX_BASE_URL !== undefined && environment.NODE_ENV !== 'production';
    this.platform = new Map(
      PROVIDERS.map((provider) => [
        provider.id,
        platformAccess(provider, process.env, sandboxRuns),
      ]),
    );
  }

  /** The credential that a principal's calls use at a provider, or undefined where there is none. */
  credentialFor(provider: ProviderDefinition, _principal: Principal): Credential | undefined {
    return this.platform.get(provider.id)?.credential;
  }

  /** Whether the platform can reach this provider for anybody. */
  isReachable(provider: ProviderDefinition): boolean {
    return this.platform.get(provider.id)?.credential !== undefined;
  }

  /** The address of a provider, without a trailing slash. */
  baseUrlOf(provider: ProviderDefinition): string {
    return this.platform.get(provider.id)?.baseUrl ?? provider.baseUrl;
  }
}

function platformAccess(
  provider: ProviderDefinition,
  source: NodeJS.ProcessEnv,
  sandboxRuns: boolean,
): PlatformAccess {
  const baseUrl = (source[provider.baseUrlEnvironment] || provider.baseUrl).replace(/\/+$/, '');
  if (!URL.canParse(baseUrl))
    throw new Error(`${provider.baseUrlEnvironment} is not a URL: ${baseUrl}`);
  if (provider.auth.kind === 'none') {
    return {
      baseUrl,
      credential: sandboxRuns
        ? { id: `platform:${provider.id}`, owner: 'platform', secret: '' }
        : undefined,
    };
  }
  const name = provider.environment.find((variable) => source[variable]);
  const secret = name === undefined ? undefined : source[name];
  return {
    baseUrl,
    credential: secret ? { id: `platform:${provider.id}`, owner: 'platform', secret } : undefined,
  };
}
