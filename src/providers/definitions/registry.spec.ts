import { describe, expect, it } from '@jest/globals';
import { PROVIDERS } from './registry.js';

const names = PROVIDERS.flatMap(({ id, aliases = [] }) => [id, ...aliases]);
/** The last two labels of a host, or of what stands for it. */
const domainOf = (baseUrl: string) => baseUrl.split('/')[2]?.split('.').slice(-2).join('.') ?? '';
/** Both domains are Amazon's: hosts of services under api.aws are the newer of them. */
const SAME_OWNER: Readonly<Record<string, string>> = { 'api.aws': 'amazonaws.com' };
const ownerOf = (baseUrl: string) => SAME_OWNER[domainOf(baseUrl)] ?? domainOf(baseUrl);
const real = PROVIDERS.filter(({ auth }) => auth.kind !== 'none');

describe('the providers of the registry', () => {
  it('have names of their own, in the form of a model’s first segment', () => {
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names.filter((name) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name))).toEqual([]);
  });

  it('are reached by https, without a slash at the end', () => {
    expect(real.filter(({ baseUrl }) => !/^https:\/\/[^?#]*[^/]$/.test(baseUrl))).toEqual([]);
  });

  it('each have a variable for their address', () => {
    const variables = PROVIDERS.map(({ baseUrlEnvironment }) => baseUrlEnvironment);
    expect(new Set(variables).size).toBe(variables.length);
    expect(variables.filter((name) => !/^[A-Z0-9_]+_BASE_URL$/.test(name))).toEqual([]);
  });

  it('share a key only with others of the same owner: it must not go to a stranger’s host', () => {
    const owners = new Map<string, Set<string>>();
    for (const { environment, environmentParts: parts, baseUrl } of real) {
      expect(environment.length).toBeGreaterThan(0);
      const names = [...environment, ...(parts?.needed ?? []), ...(parts?.optional ?? [])];
      for (const name of names)
        owners.set(name, (owners.get(name) ?? new Set()).add(ownerOf(baseUrl)));
    }
    const shared = [...owners].filter(([, domains]) => domains.size > 1);
    expect(shared.map(([name]) => name)).toEqual([]);
  });

  it('rename no parameter to one that they do not take', () => {
    for (const { id, quirks } of PROVIDERS) {
      const rules = quirks?.parameters ?? {};
      for (const [name, rule] of Object.entries(rules)) {
        if (rule.rule !== 'rename') continue;
        const target = rules[rule.to]?.rule ?? 'pass';
        expect([id, name, rule.to, target]).toEqual([id, name, rule.to, 'pass']);
      }
    }
  });
});
