import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { folderTree } from './file-tree.ts';
import { openTree } from './find-files.ts';

const run = promisify(execFile);
const library = join(import.meta.dirname, '..', '..', '..', 'libs', 'conf-parser');
const PROGRAM = `
  import { parseConfBytes } from '@confscope/conf-parser';
  console.log(JSON.stringify(parseConfBytes(Buffer.from('[a]\\nk = v\\n')).stanzas[0].settings[0].value));
`;

describe('the library of the parser, packed to be published', () => {
  let folder: string;
  const installed = () => join(folder, 'node_modules', '@confscope', 'conf-parser');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'published-'));
    const env = { ...process.env, npm_config_update_notifier: 'false', npm_config_offline: 'true' };
    await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: library, env });
    const [packed = ''] = readdirSync(folder);
    for await (const file of (await openTree(join(folder, packed))).files(() => true)) {
      const path = join(installed(), file.path.replace(/^package\//, ''));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, await file.read());
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('works by itself, with nothing else installed', async () => {
    writeFileSync(join(folder, 'program.mjs'), PROGRAM);
    expect((await run(process.execPath, [join(folder, 'program.mjs')])).stdout).toBe('"v"\n');
    const manifest = JSON.parse(readFileSync(join(installed(), 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest['dependencies']).toBeUndefined();
    expect(manifest['private']).toBeUndefined();
  });

  it('has its types and a page that explains it, and no tests', async () => {
    const paths: string[] = [];
    for await (const { path } of folderTree(installed()).files(() => true)) paths.push(path);
    expect(paths).toEqual(expect.arrayContaining(['README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts']));
    expect(paths.filter((path) => /\.(?:spec|fixture|map|tsbuildinfo)|^src\//.test(path))).toEqual([]);
  });
});
