import { join } from 'node:path';
import ts from 'typescript';
import { repositoryRoot } from '../cameras/child-process';
import { Fence } from './document';

/** A folder that is not there: the examples lie beside the panel, so that packages are found as its are. */
const FOLDER = join(repositoryRoot(), 'web', 'examples');
/** What the examples take for theirs. */
const BESIDE: Readonly<Record<string, string>> = {
  'schema.ts': `export type * from '../panel/api/schema';`,
  'live.ts': `export * from '../live';`,
};
const DECLARATIONS = [
  ...['vue.d.ts', 'react-native.d.ts'].map((name) => join(__dirname, 'frontend-types', name)),
  join(repositoryRoot(), 'web', 'live', 'hls-light.d.ts'),
];

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  jsx: ts.JsxEmit.ReactJSX,
  strict: true,
  noUnusedLocals: true,
  noUncheckedIndexedAccess: true,
  useUnknownInCatchVariables: true,
  skipLibCheck: true,
  types: [],
  noEmit: true,
};

/**
 * Compiles blocks that have a file's name, all of them together.
 * @returns what the compiler has against them, a line each; empty where nothing
 */
export function compileExamples(fences: readonly Fence[]): string[] {
  const files = new Map(Object.entries(BESIDE).map(([name, text]) => [join(FOLDER, name), text]));
  for (const { language, title, text } of fences) {
    if (language === 'vue') files.set(join(FOLDER, title.replace(/\.vue$/, '.vue.ts')), scriptOf(text));
    else files.set(join(FOLDER, title), text);
  }
  const host = ts.createCompilerHost(OPTIONS);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.getSourceFile = (path, language, ...rest) => {
    const text = files.get(path);
    return text === undefined ? getSourceFile(path, language, ...rest) : ts.createSourceFile(path, text, language);
  };
  // Modules are looked for beside a folder that no disk has.
  const { directoryExists } = host;
  host.directoryExists = (path) => path === FOLDER || (directoryExists?.(path) ?? true);
  const program = ts.createProgram([...files.keys(), ...DECLARATIONS], OPTIONS, host);
  return ts.getPreEmitDiagnostics(program).map((one) => describe(one));
}

/** A template uses what the script declares; what is only used there is no fault. */
function scriptOf(component: string): string {
  const [, script] = /<script setup lang="ts">\n([\s\S]*?)<\/script>/.exec(component) ?? [];
  const [, template] = /<template>\n([\s\S]*?)<\/template>/.exec(component) ?? [];
  if (script === undefined || template === undefined) throw new Error('a component without <script setup lang="ts">');
  const words = new Set(template.match(/[A-Za-z_]\w*/g));
  const own = [...script.matchAll(/^(?:async )?(?:const|let|function) (\w+)/gm)].map(([, name = '']) => name);
  const imported = [...script.matchAll(/^import \{([^}]*)\}/gm)].flatMap(([, names = '']) => names.split(','));
  // A type is nothing that a template could use.
  const values = imported.map((name) => name.trim()).filter((name) => !name.startsWith('type '));
  const used = [...own, ...values].filter((name) => words.has(name));
  return `${script}\nexport const usedByTheTemplate = [${used.join(', ')}];\n`;
}

function describe({ file, start, messageText }: ts.Diagnostic): string {
  const message = ts.flattenDiagnosticMessageText(messageText, ' ');
  if (!file || start === undefined) return message;
  const { line } = file.getLineAndCharacterOfPosition(start);
  return `${file.fileName.replace(`${FOLDER}/`, '')}:${line + 1} ${message}`;
}
