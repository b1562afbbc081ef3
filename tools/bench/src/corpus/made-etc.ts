import { CONF_SHAPES, META_SHAPE, type ConfShape } from './conf-shapes.ts';
import { ConfWriter, vocabularyOf } from './conf-text.ts';
import { Random } from '@confscope/random';

/** One file of an `etc`. */
export interface EtcFile {
  path: string;
  content: string;
}

/** Of 1,590 conf files a hundred repeat the content of another one; of the meta files it is a third. */
const REPEATED_CONF = 0.06;
const REPEATED_META = 0.33;
const CONFS_PER_APP = 6.6;
const VIEW_ROWS = 9;
const VOCABULARY = 1_500;

/**
 * An invented `etc` of this many apps: as many files, stanzas and settings, as long values, comments and repeated files
 * as published apps have. The same number and seed give the same bytes. Some files are no configuration at all.
 */
export function* madeEtc(apps: number, seed = 1): Generator<EtcFile> {
  const random = new Random(seed);
  const writer = new ConfWriter(random, vocabularyOf(random, VOCABULARY));
  const views = Array.from({ length: 20 }, () => `<row><panel>${writer.words(500)}</panel></row>\n`.repeat(VIEW_ROWS));
  const common = new Map<string, string[]>();
  const contentOf = (shape: ConfShape, repeated: number): string => {
    const known = common.get(shape.name) ?? [];
    if (known.length >= 4 && random.chance(repeated)) return random.pick(known);
    const content = writer.file(shape);
    if (known.length < 4) common.set(shape.name, [...known, content]);
    return content;
  };
  yield { path: 'etc/system/local/server.conf', content: contentOf(shapeOf('server'), 0) };
  yield { path: 'etc/system/local/inputs.conf', content: contentOf(shapeOf('inputs'), 0) };
  for (let number = 0; number < apps; number++) {
    const app = `etc/apps/${random.pick(['TA', 'SA', 'app', 'Splunk_TA'])}_${writer.words(8).replace(/\W+/g, '_')}_${number}`;
    const files = Math.max(1, Math.min(24, Math.round(random.skewed(CONFS_PER_APP, 0.6))));
    const names = new Set<string>();
    for (let i = 0; i < files; i++) {
      const shape = i === 0 ? shapeOf('app') : weighted(random);
      const layer = random.chance(0.85) ? 'default' : 'local';
      const path = `${app}/${layer}/${shape.name}.conf`;
      if (names.has(path)) continue;
      names.add(path);
      yield { path, content: contentOf(shape, REPEATED_CONF) };
    }
    yield { path: `${app}/metadata/default.meta`, content: contentOf(META_SHAPE, REPEATED_META) };
    yield { path: `${app}/default/data/ui/views/main.xml`, content: random.pick(views) };
  }
}

/** The same `etc` after one configuration file in `every` was edited: a setting more, at its end. */
export function* changed(files: Iterable<EtcFile>, every: number): Generator<EtcFile> {
  let number = 0;
  for (const { path, content } of files) {
    const edited = isConfiguration(path) && number++ % every === every >> 1;
    yield { path, content: edited ? `${content}edited = ${number}\n` : content };
  }
}

export const isConfiguration = (path: string): boolean => /\.(conf|meta)$/.test(path);

const TOTAL = CONF_SHAPES.reduce((sum, { weight }) => sum + weight, 0);

function weighted(random: Random): ConfShape {
  let left = random.below(TOTAL);
  for (const shape of CONF_SHAPES) if ((left -= shape.weight) < 0) return shape;
  throw new Error('The weights of the shapes do not add up.');
}

function shapeOf(name: string): ConfShape {
  const found = CONF_SHAPES.find((shape) => shape.name === name);
  if (!found) throw new Error(`There is no shape ${name}.`);
  return found;
}
