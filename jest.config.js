/**
 * Four projects: specs beside the code; the API as its callers see it; end-to-end tests of cameras, recordings and the panel;
 * and what wants the machine to itself or nearly, because pictures are timed or processes starved. In the fault run
 * (scripts/test-faults.mjs) a fifth one: its tests that take minutes.
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
  setupFilesAfterEnv: ['<rootDir>/test/support/each-file.ts'],
};
const faults = {
  ...onPostgres,
  displayName: 'faults',
  testMatch: ['<rootDir>/test/faults/**/*.long-spec.ts'],
};

/** End-to-end specs below these folders of test/. */
function specsOf(...folders) {
  return folders.map((folder) => `<rootDir>/test/${folder}/**/*.e2e-spec.ts`);
}

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
      testMatch: specsOf('api', 'security'),
    },
    {
      ...onPostgres,
      displayName: 'e2e',
      testMatch: specsOf('e2e', 'panel'),
    },
    {
      ...onPostgres,
      displayName: 'alone',
      testMatch: specsOf('alone', 'films', 'live', 'faults'),
    },
    ...(process.env.PADELVAR_FAULT_LEDGER ? [faults] : []),
  ],
};

/** For programs that tests start: `test/support/register.js`. Not enumerable, for jest refuses options it does not know. */
Object.defineProperty(module.exports, 'swcOptions', { value: swcOptions, enumerable: false });
