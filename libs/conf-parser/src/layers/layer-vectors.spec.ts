import { readFileSync } from 'node:fs';
import { effectiveConf } from './effective-conf.ts';
import { etcOf } from './etc-of.fixture.ts';
import { printBtool } from './print-btool.ts';

interface LayerVector {
  id: string;
  title: string;
  conf: string;
  files: Record<string, string>;
  expected_btool_list_debug: string;
}

const vectors = JSON.parse(
  readFileSync(new URL('../fixtures/layer-vectors.json', import.meta.url), 'utf8'),
) as LayerVector[];

describe('layers, merged and printed as btool does', () => {
  it.each(vectors.map((vector) => [vector.id, vector.title, vector] as const))('%s: %s', (_id, _title, vector) => {
    const effective = effectiveConf(etcOf(vector.files), vector.conf);
    expect(printBtool(effective, { debug: true })).toBe(vector.expected_btool_list_debug);
  });
});
