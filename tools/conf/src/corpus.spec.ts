import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runConf } from './run-conf.fixture.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const corpus = join(root, '..', 'shared', 'corpus');

interface Counts {
  conf_files: number;
  conf_stanzas: number;
  conf_settings: number;
  meta_files: number;
  meta_stanzas: number;
  meta_settings: number;
}

async function countsOf(path: string): Promise<Counts> {
  const counts = { conf_files: 0, conf_stanzas: 0, conf_settings: 0, meta_files: 0, meta_stanzas: 0, meta_settings: 0 };
  const { out } = await runConf(['parse', '--json', path]);
  for (const line of out.trimEnd().split('\n')) {
    const file = JSON.parse(line) as { path: string; stanzas: { settings: unknown[] }[] };
    const kind = file.path.endsWith('.meta') ? 'meta' : 'conf';
    counts[`${kind}_files`]++;
    counts[`${kind}_stanzas`] += file.stanzas.length;
    counts[`${kind}_settings`] += file.stanzas.reduce((sum, { settings }) => sum + settings.length, 0);
  }
  return counts;
}

describe('a whole etc', () => {
  it('has as many stanzas and settings packed as unpacked', async () => {
    const [folder, archive] = await Promise.all([
      countsOf(join(root, 'samples', 'acme-etc')),
      countsOf(join(root, 'samples', 'acme-etc.tar.gz')),
    ]);
    expect(archive).toEqual(folder);
    expect(folder).toMatchObject({ conf_files: 24, meta_files: 5 });
    // Real configuration, where it lies beside the checkout, counted by another reader.
    const known = existsSync(corpus) ? readFileSync(join(corpus, 'expected.ndjson'), 'utf8').trimEnd().split('\n') : [];
    for (const line of known) {
      const expected = JSON.parse(line) as Counts & { archive: string };
      expect(expected).toMatchObject(await countsOf(join(corpus, expected.archive)));
    }
  });
});
