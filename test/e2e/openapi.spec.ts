import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { ROUTES } from '../../src/tenants/access/route-table.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { generateClient, type GeneratedClient } from '../support/generated-client.js';

const file = path.resolve(import.meta.dirname, '../../docs/openapi.json');
const source = readFileSync(file, 'utf8');

interface Operation {
  readonly operationId: string;
  readonly security: readonly Record<string, unknown>[];
  readonly responses: Readonly<Record<string, { readonly $ref?: string }>>;
}
const specification = JSON.parse(source) as {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};
const operations = Object.entries(specification.paths).flatMap(([route, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    route: `${method.toUpperCase()} ${route}`,
    operation,
  })),
);

describe('docs/openapi.json', () => {
  it('passes the recommended rules of a linter without a warning', async () => {
    const config = await createConfig({ extends: ['recommended'] });
    const problems = await lintFromString({ source, absoluteRef: file, config });
    expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
    expect(specification.openapi).toMatch(/^3\.1\./);
  });

  it('has every route of the route table but those of the documentation itself', () => {
    const routes = Object.keys(ROUTES)
      .filter((route) => !route.startsWith('GET /docs'))
      .map((route) => route.replace(/[:*](\w+)/g, '{$1}'));
    expect(operations.map(({ route }) => route).sort()).toEqual(routes.sort());
  });

  it('asks for a token wherever the route table does, and describes the error envelope', () => {
    for (const { route, operation } of operations) {
      const isPublic = route.startsWith('GET /health');
      expect([route, operation.security.length > 0]).toEqual([route, !isPublic]);
      expect([route, operation.responses['500']?.$ref]).toEqual([
        route,
        '#/components/responses/Error500',
      ]);
    }
  });
});

describe('the gateway', () => {
  let gateway: TestGateway;
  let client: GeneratedClient;

  beforeAll(async () => {
    client = await generateClient();
    gateway = await startGateway();
  }, 120_000);
  afterAll(async () => {
    client.remove();
    await gateway.stop();
  });

  it('serves the document and a page that loads nothing from elsewhere', async () => {
    const document = await fetch(`${gateway.url}/docs/openapi.json`);
    expect(document.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await document.text()).toBe(source);
    const page = await fetch(`${gateway.url}/docs`);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*'self'/);
    const html = await page.text();
    const parts = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => String(link));
    expect(parts).toEqual(['/docs/page.css', '/docs/page.js', '/docs/openapi.json']);
    for (const part of parts) expect((await fetch(`${gateway.url}${part}`)).status).toBe(200);
  });

  it('does what a client generated from the document asks for: the life of a tenant', async () => {
    expect(client.faults).toEqual([]);
    const { life } = client;
    const {
      path: organization,
      amount,
      ownerToken,
    } = await life.makeTenant(gateway.url, gateway.adminToken);
    expect(amount).toBe('10');
    const { key, rule, refused } = await life.makeKey(gateway.url, ownerToken, organization);
    expect([rule.object, rule.scope_id, refused]).toEqual(['rule', key.id, 'name']);

    const answered = await life.call(gateway.url, key.key, 'sandbox-small');
    expect([answered.status, answered.cost]).toEqual([200, expect.any(Number)]);
    const forbidden = await life.call(gateway.url, key.key, 'sandbox-large');
    expect([forbidden.status, forbidden.code]).toEqual([403, 'model_not_allowed']);
    const [request] = await eventually(
      () => life.readRequests(gateway.url, ownerToken, organization),
      ({ length }) => length > 0,
    );
    expect([request?.id, request?.api_key_id]).toEqual([answered.id, key.id]);

    const keyPath = { ...organization, key_id: key.id };
    const rotated = await life.rotateKey(gateway.url, ownerToken, keyPath);
    expect((await life.call(gateway.url, key.key, 'sandbox-small')).status).toBe(401);
    expect((await life.call(gateway.url, rotated.key, 'sandbox-small')).status).toBe(200);
    await life.revokeKey(gateway.url, ownerToken, { ...organization, key_id: rotated.id });
    expect((await life.call(gateway.url, rotated.key, 'sandbox-small')).status).toBe(401);
    expect(await life.deleteTenant(gateway.url, ownerToken, organization)).toEqual({
      deleted: true,
      afterwards: 401,
    });
  });
});
