import boundaries from 'eslint-plugin-boundaries';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** Rooms meet through each other's services, modules, guards and ports; their entities are their own. */
const ROOMS =
  'audit auth clubs accounts sessions recording preview files markers maintenance health metrics privacy overview jobs highlights imports shares bookings webhooks compression activity objects'.split(
    ' ',
  );
const SEAMS = ['config', 'common', 'media', 'storage', 'database', 'mail'];

/** What may import what (docs/architecture.md). Every element may import itself. */
const ARROWS = {
  common: [],
  config: ['common'],
  media: ['common'],
  storage: ['common', 'config'],
  database: ['common', 'config'],
  mail: ['common', 'config'],
  proxy: ['media', 'common', 'config'],
  engine: ['media', 'storage', 'common', 'proxy'],
  runtime: ['proxy', 'engine', 'storage', 'media', 'common', 'config'],
  room: ['room', 'runtime', 'engine', 'proxy', 'media', 'storage', 'database', 'mail', 'common', 'config'],
  entities: ['common', 'media', 'proxy', 'runtime', 'engine'],
  app: ['room', 'runtime', 'database', 'storage', 'common', 'config'],
};

const elements = [
  ...SEAMS.map((name) => ({ type: name, pattern: `src/${name}` })),
  { type: 'proxy', pattern: 'src/proxy' },
  { type: 'runtime', pattern: 'src/runtime' },
  { type: 'engine', pattern: 'src/recording/engine' },
  { type: 'entities', pattern: `src/(${ROOMS.join('|')})/entities`, capture: ['room'] },
  { type: 'room', pattern: `src/(${ROOMS.join('|')})`, capture: ['room'] },
  { type: 'app', pattern: 'src', partialMatch: false },
];

const element = (type, room) => ({ element: { type, ...(room && { captured: { room } }) } });
const SAME_ROOM = '{{ from.element.captured.room }}';

const arrows = [
  ...Object.entries(ARROWS).map(([from, to]) => ({
    from: element(from),
    allow: { to: element(from === 'entities' ? to : [...to, from]) },
  })),
  { from: element('room'), allow: { to: element('entities', SAME_ROOM) } },
  { from: element('entities'), allow: { to: element(['room', 'entities'], SAME_ROOM) } },
];

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'node_modules/**',
      'coverage/**',
      'data/**',
      'static/**',
      '.cache/**',
      'web/panel/api/schema.d.ts',
    ],
  },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always'],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Use node:crypto, or jitter() of common/clock.' },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-console': 'error',
      'max-lines': ['error', { max: 350, skipBlankLines: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/config/**', 'src/thread-pool.ts', '**/*.spec.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'The environment is read in src/config only.' },
        { object: 'Math', property: 'random', message: 'Use node:crypto, or jitter() of common/clock.' },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    plugins: { boundaries },
    settings: {
      'boundaries/elements': elements,
      'boundaries/include': ['src/**/*.ts'],
      'import/resolver': { typescript: { project: './tsconfig.json' } },
    },
    rules: {
      'boundaries/dependencies': ['error', { default: 'disallow', policies: arrows }],
      'boundaries/no-unknown-files': 'error',
    },
  },
  {
    files: ['web/**/*.ts', 'web/**/*.tsx'],
    languageOptions: { parserOptions: { project: './web/tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: { 'no-console': 'error', 'max-lines': ['error', { max: 350, skipBlankLines: true }] },
  },
  {
    // The library stands alone: a page uses it, never the other way round, and nothing of the service is in it.
    files: ['web/live/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['**/bare/**', '**/panel/**', '**/src/**', 'node:*'] }] },
  },
  {
    files: ['web/panel/**/*.ts', 'web/panel/**/*.tsx'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: ['**/live/*', '!**/access/live', '**/bare/**', '**/src/**', 'node:*'] },
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['web/bare/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['../live/*', '**/src/**', 'node:*'] }] },
  },
  { files: ['**/*.js'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  prettier,
);
