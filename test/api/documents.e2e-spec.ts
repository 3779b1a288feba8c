import { VARIABLES } from '../../src/config/load-config';
import { TASK_NAMES } from '../../src/maintenance/task-table';
import { listRoutes } from '../security/api-routes';
import { Api } from '../support/api';
import { compileExamples } from '../support/compile-examples';
import { Document, withoutNames } from '../support/document';
import { Scrape } from '../support/prometheus';
import { startTestApp, TestApp } from '../support/test-app';

/** Documents that people work from are held to what is so. */
describe('what is written', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startTestApp();
  });
  afterAll(() => service?.close());

  it.each(['docs/migration.md', 'docs/frontend.md', 'docs/operations.md', 'README.md', 'README.fr.md'])(
    'in %s names routes that there are',
    async (path) => {
      const routes = await listRoutes(new Api(service.url));
      const there = new Set(routes.map((route) => `${route.method} ${withoutNames(route.path)}`));
      const { routes: named } = new Document(path);
      expect(named.filter((route) => !there.has(route))).toEqual([]);
      expect(named.length).toBeGreaterThan(0);
    },
  );

  it('for frontends compiles', () => {
    const examples = new Document('docs/frontend.md').fences.filter(({ title }) => title !== '');
    const kinds = new Set(examples.map(({ language }) => language));
    expect([...kinds].sort()).toEqual(['ts', 'tsx', 'vue']);
    expect(compileExamples(examples)).toEqual([]);
  });

  it('and does not compile where a field of the API is misspelt', () => {
    const examples = new Document('docs/frontend.md').fences.filter(({ title }) => title !== '');
    const wrong = examples.map((one) => ({ ...one, text: one.text.replaceAll('duration_minutes', 'duration') }));
    const faults = compileExamples(wrong);
    expect(faults.filter((fault) => fault.startsWith('match.ts'))).toHaveLength(1);
    expect(faults.filter((fault) => fault.startsWith('native-court.tsx'))).toHaveLength(1);
    const inVue = examples.map((one) => ({ ...one, text: one.text.replaceAll('value?.active', 'value?.activ') }));
    expect(compileExamples(inVue)).toEqual([expect.stringMatching(/^court\.vue\.ts:\d+ .*'activ'/)]);
  });

  it('of the settings has every variable, and no other', () => {
    const documented = new Document('docs/operations.md')
      .firstColumn('Settings')
      .filter((word) => /^[A-Z_]+$/.test(word));
    expect([...new Set(documented)].sort()).toEqual([...VARIABLES].sort());
    for (const readme of ['README.md', 'README.fr.md']) {
      const named = new Document(readme).firstColumn(readme === 'README.md' ? 'Settings' : 'Réglages');
      expect(named.filter((word) => !VARIABLES.includes(word))).toEqual([]);
      expect(named.length).toBeGreaterThan(30);
    }
  });

  it('of the tasks has every one, and no other', () => {
    expect(new Document('docs/operations.md').firstColumn('Scheduled tasks').sort()).toEqual([...TASK_NAMES].sort());
  });

  it('of alerts names figures that there are', async () => {
    const answer = await fetch(`${service.url}/metrics`);
    const { types } = new Scrape(await answer.text());
    const [rules] = new Document('docs/operations.md').fences.filter(({ language }) => language === 'yaml');
    const named = rules?.text.match(/\b(padelvar|process|nodejs)_[a-z_]+/g) ?? [];
    const unknown = [...new Set(named)].filter((name) => !types.has(name) && !types.has(name.replace(/_bucket$/, '')));
    expect(unknown).toEqual([]);
    expect(new Set(named).size).toBeGreaterThan(10);
  });

  it('in French says what the English says, command by command and picture by picture', () => {
    const [english, french] = [new Document('README.md'), new Document('README.fr.md')];
    expect(english.text).toMatch(/^# PadelVar\n\n\[Français\]\(README\.fr\.md\)/);
    expect(french.text).toMatch(/^# PadelVar\n\n\[English\]\(README\.md\)/);
    // Comments are prose; what is typed is the same.
    const typed = ({ fences }: Document): string[] => fences.map(({ text }) => text.replace(/ +# .*$/gm, ''));
    expect(typed(french)).toEqual(typed(english));
    const parts = ({ text }: Document, pattern: RegExp): string[] => text.match(pattern) ?? [];
    for (const pattern of [/src="[^"]+"/g, /\]\([^)#h][^)]*\)/g, /`[A-Z][A-Z_]+`/g]) {
      const own = parts(french, pattern).filter((part) => !part.includes('README'));
      expect(own.sort()).toEqual(
        parts(english, pattern)
          .filter((part) => !part.includes('README'))
          .sort(),
      );
    }
    expect(parts(french, /^#+ /gm)).toEqual(parts(english, /^#+ /gm));
  });
});
