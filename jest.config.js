/**
 * Three projects: specs beside the code; the API as its callers see it, where no picture's time matters; and end-to-end tests
 * of pictures, processes and faults, which want the machine to themselves. In the fault run (scripts/test-faults.mjs) a fourth
 * one: its tests that take minutes.
 */
const swcOptions = {
  sourceMaps: 'inline',
  module: { type: 'commonjs' },
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
};
const transform = { '^.+\\.ts$': ['@swc/jest', swcOptions] };
const common = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform,
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/data/'],
};

const onPostgres = {
  ...common,
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};
const faults = {
  ...onPostgres,
  displayName: 'faults',
  testMatch: ['<rootDir>/test/faults/**/*.long-spec.ts'],
};

/** @type {import('jest').Config} */
module.exports = {
  testTimeout: 60_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['src', 'test/cameras', 'web'].map((folder) => `<rootDir>/${folder}/**/*.spec.ts`),
    },
    {
      ...onPostgres,
      displayName: 'api',
      testMatch: ['api', 'security'].map((folder) => `<rootDir>/test/${folder}/**/*.e2e-spec.ts`),
    },
    {
      ...onPostgres,
      displayName: 'e2e',
      testMatch: ['e2e', 'panel', 'faults'].map((folder) => `<rootDir>/test/${folder}/**/*.e2e-spec.ts`),
    },
    ...(process.env.PADELVAR_FAULT_LEDGER ? [faults] : []),
  ],
};

/** For programs that tests start: `test/support/register.js`. Not enumerable, for jest refuses options it does not know. */
Object.defineProperty(module.exports, 'swcOptions', { value: swcOptions, enumerable: false });
