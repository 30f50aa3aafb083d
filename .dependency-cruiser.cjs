/** The arrows of ARCHITECTURE.md: only downward, and between modules only through their index.ts. */

const endpoints = ['completions', 'embeddings', 'audio', 'images', 'realtime'];
const ground = ['platform', 'core'];

/** What the files of a module may import from, besides the module itself. */
const mayImport = {
  core: [],
  platform: ['core'],
  tenants: ground,
  providers: ['tenants', ...ground],
  billing: ['tenants', ...ground],
  calls: ['providers', 'billing', 'tenants', ...ground],
  ...Object.fromEntries(
    endpoints.map((name) => [name, ['calls', 'providers', 'billing', 'tenants', ...ground]]),
  ),
  sandbox: ['core'],
};

/** Modules with an inside; `core` and `platform` are imported by file. */
const closed = Object.keys(mayImport).filter((name) => !ground.includes(name));

const arrows = Object.entries(mayImport).map(([name, targets]) => ({
  name: `arrows-of-${name}`,
  comment: `src/${name} may import from: ${targets.join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: {
    path: '^src/',
    pathNot: [name, 'generated', ...(name === 'core' ? [] : targets)].map((it) => `^src/${it}/`),
  },
}));

module.exports = {
  forbidden: [
    ...arrows,
    {
      name: 'only-through-the-index',
      comment: 'What a module offers to others is in its index.ts.',
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: {
        path: `^src/(${closed.join('|')})/`,
        pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$'],
      },
    },
    {
      name: 'programs-through-the-index',
      comment:
        'main, worker, seed and app.module put modules together; they do not reach into them. What only the worker loads is a module file of its own.',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$' },
      to: {
        path: `^src/(${closed.join('|')})/`,
        pathNot: [
          '^src/[^/]+/index\\.ts$',
          '^src/billing/settlement\\.module\\.ts$',
          '^src/calls/reconciliation\\.module\\.ts$',
        ],
      },
    },
    {
      name: 'sandbox-stands-alone',
      comment: 'The sandbox is a program of its own; the gateway knows it by its address only.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/sandbox/' },
      to: { path: '^src/sandbox/' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { pathNot: '^src/generated/' } },
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^test/|\\.spec\\.ts$' },
    },
    {
      name: 'only-real-dependencies',
      comment: 'What src imports is among the dependencies of package.json.',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'], // Types are gone once built.
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|\\.data)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
