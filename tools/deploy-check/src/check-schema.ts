import path from 'node:path';
import ts from 'typescript';
import { type Manifest, nameOf } from './manifest.ts';

const PACKAGES: readonly [group: RegExp, name: string][] = [
  [/\.keda\.sh$|^keda\.sh$/, '@kubernetes-models/keda'],
  [/^monitoring\.coreos\.com$/, '@kubernetes-models/prometheus-operator'],
  [/^(?:[a-z]+|[a-z.]+\.k8s\.io|)$/, 'kubernetes-models'],
];

/** The module that describes this kind, as `kubernetes-models/apps/v1/Deployment`; undefined when we know none. */
function moduleOf({ apiVersion, kind }: Manifest): string | undefined {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  const known = PACKAGES.find(([pattern]) => pattern.test(group));
  return known && `${known[1]}/${apiVersion}/${kind}`;
}

/**
 * Holds every object against the schema of its kind, twice: its values at run time, and as a literal of its type, which
 * also finds fields that the kind does not have.
 *
 * @param root of the workspace, where the schemas are installed
 * @returns what is wrong, one sentence each
 */
export async function checkSchemas(manifests: readonly Manifest[], root: string): Promise<string[]> {
  const known = manifests.filter(moduleOf);
  const unknown = manifests.filter((manifest) => !moduleOf(manifest));
  return [
    ...unknown.map((manifest) => `${nameOf(manifest)}: no schema is known of ${manifest.apiVersion}.`),
    ...(await checkValues(known)),
    ...checkTypes(known, root),
  ];
}

interface ModelClass {
  new (data: unknown): { validate(): void };
}

async function checkValues(manifests: readonly Manifest[]): Promise<string[]> {
  const problems: string[] = [];
  for (const manifest of manifests) {
    const module = moduleOf(manifest) ?? '';
    try {
      const models = (await import(module)) as Record<string, ModelClass | undefined>;
      const Model = models[manifest.kind];
      if (!Model) throw new Error(`there is no kind ${manifest.kind} in ${manifest.apiVersion}`);
      new Model(manifest).validate();
    } catch (error) {
      problems.push(`${nameOf(manifest)}: ${(error as Error).message}`);
    }
  }
  return problems;
}

function checkTypes(manifests: readonly Manifest[], root: string): string[] {
  // One line an object, so that the line of a complaint tells which it is about.
  const lines = manifests.map(
    (manifest, i) =>
      `import type { I${manifest.kind} as T${i} } from '${moduleOf(manifest)}'; export const m${i}: T${i} = ${JSON.stringify(manifest)};`,
  );
  const file = path.join(root, 'rendered-manifests.ts');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const readFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, lines.join('\n'), ts.ScriptTarget.ES2024) : readFile(name, ...rest);
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const line = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? -1;
    const manifest = manifests[line];
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ');
    return `${manifest ? nameOf(manifest) : 'the manifests'}: ${message}`;
  });
}
