import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTypescript, { astToString } from 'openapi-typescript';
import ts from 'typescript';

const root = path.resolve(import.meta.dirname, '../..');
const source = path.join(root, 'test/e2e/generated-client/life.mjs');

interface OrganizationPath {
  readonly organization_id: string;
}
interface KeyPath extends OrganizationPath {
  readonly key_id: string;
}
interface NewKey {
  readonly id: string;
  readonly key: string;
}

/** What test/e2e/generated-client/life.mjs offers: steps in the life of a tenant. */
export interface Life {
  makeTenant(
    url: string,
    operatorToken: string,
  ): Promise<{ path: OrganizationPath; amount: string; ownerToken: string }>;
  makeKey(
    url: string,
    ownerToken: string,
    path: OrganizationPath,
  ): Promise<{ key: NewKey; rule: { object: string; scope_id: string }; refused?: string | null }>;
  call(
    url: string,
    apiKey: string,
    model: string,
  ): Promise<{ status: number; id?: string; cost?: number; code?: string }>;
  readRequests(
    url: string,
    ownerToken: string,
    path: OrganizationPath,
  ): Promise<{ id: string; api_key_id: string }[]>;
  rotateKey(url: string, ownerToken: string, path: KeyPath): Promise<NewKey>;
  revokeKey(url: string, ownerToken: string, path: KeyPath): Promise<unknown>;
  deleteTenant(
    url: string,
    ownerToken: string,
    path: OrganizationPath,
  ): Promise<{ deleted: boolean; afterwards: number }>;
}

/** A client with types generated from the OpenAPI document. */
export interface GeneratedClient {
  readonly life: Life;
  /** What the compiler says of its use of the types; empty where all of it fits. */
  readonly faults: readonly string[];
  remove(): void;
}

/** Generates the types of docs/openapi.json, checks the client's code against them, and loads it. */
export async function generateClient(): Promise<GeneratedClient> {
  // Below node_modules, where packages are found and no other tool looks.
  const cache = path.join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, 'generated-client-'));
  const document = pathToFileURL(path.join(root, 'docs/openapi.json'));
  const types = astToString(await openapiTypescript(document));
  writeFileSync(path.join(folder, 'schema.d.ts'), types);
  const copy = path.join(folder, 'life.mjs');
  copyFileSync(source, copy);
  return {
    life: (await import(pathToFileURL(source).href)) as Life,
    faults: faultsOf(copy, path.join(folder, 'schema.d.ts')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function faultsOf(file: string, schema: string): string[] {
  const program = ts.createProgram([file], {
    allowJs: true,
    checkJs: true,
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    // A file below node_modules is read for its types only, unless it is asked for.
    maxNodeModuleJsDepth: 1,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    types: [],
    paths: { '#schema': [schema] },
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
