import swc from './jest.swc.mjs';

export default {
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testRegex: '\\.spec\\.ts$',
  testEnvironment: 'node',
  testTimeout: 30_000,
  // One more than the least machine has cores: a sixth of their time most files wait for other processes.
  maxWorkers: 3,
  // Modules of earlier spec files stay in memory: collecting garbage among them took a third of a worker's time.
  workerIdleMemoryLimit: '500MB',
  testSequencer: '<rootDir>/scripts/test/sequencer.mjs',
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json', 'node'],
  extensionsToTreatAsEsm: ['.ts'],
  // Sources import each other as `.js`, which is what they are called once built.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
};
