import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { dangerous, floatMoney, processes } from './eslint.restrictions.mjs';

const sizes = {
  'max-lines': ['error', { max: 400 }],
  'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
};

const nodeGlobals = Object.fromEntries(
  [
    ...['AbortController', 'AbortSignal', 'Buffer', 'URL', 'WebAssembly', 'console', 'fetch'],
    ...['clearInterval', 'clearTimeout', 'performance', 'process', 'setInterval', 'setTimeout'],
    ...['TextDecoder', 'TextEncoder', 'structuredClone', 'queueMicrotask', 'setImmediate'],
  ].map((name) => [name, 'readonly']),
);

const typescript = {
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true },
  ],
  // Nest's modules are classes without members.
  '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
  '@typescript-eslint/restrict-template-expressions': [
    'error',
    { allowNumber: true, allowBoolean: true },
  ],
  '@typescript-eslint/no-confusing-void-expression': 'off',
  '@typescript-eslint/no-dynamic-delete': 'off',
  // Options of Nest and BullMQ are typed by classes and given as literals.
  '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
  // What comes from outside is often not what its type says.
  '@typescript-eslint/no-unnecessary-condition': 'off',
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
  ],
  // `consistent-type-imports` stays off: it would turn the imports into types from which Nest reads,
  // at run time, what to inject.
};

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', '.data/', 'src/generated/', 'test/golden/*/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: { ...typescript, ...sizes, 'no-eval': 'error', 'no-new-func': 'error', eqeqeq: 'error' },
  },
  {
    files: ['src/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...dangerous], ...processes },
  },
  {
    files: ['src/billing/**/*.ts', 'src/core/money.ts'],
    rules: { 'no-restricted-syntax': ['error', ...dangerous, ...floatMoney] },
  },
  {
    files: ['test/**/*.ts', '**/*.spec.ts'],
    rules: {
      // What a server answered is looked at without a schema.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['**/*.spec.ts'],
    // A `describe` is one function.
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: { globals: { ...nodeGlobals, module: 'readonly' } },
    rules: {
      ...sizes,
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-eval': 'error',
      'no-new-func': 'error',
      'no-undef': 'error',
      'no-unreachable': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
);
