import { utf8Length } from '../byte-order.ts';
import type { LayerSetting } from './etc-file.ts';
import type { EffectiveConf } from './effective-conf.ts';
import type { Layer } from './layer-stack.ts';
import type { SplunkHome } from './splunk-home.ts';

export interface PrintOptions {
  /** Only stanzas whose names start with this text. */
  prefix?: string;
  /** Write before each line the file that it comes from. */
  debug?: boolean;
  /** What each stanza sets itself, and nothing that it takes from others; then all stanzas are shown. */
  own?: boolean;
}

/** A line, and the file that it comes from; `''` where that is not told. */
export interface Line {
  path: string;
  text: string;
}

/** Prints what holds exactly as `splunk btool <conf> list [prefix] [--debug]` does; `''` when there is nothing to list. */
export function printBtool<S extends LayerSetting>(effective: EffectiveConf<S>, options: PrintOptions = {}): string {
  return printLines([...linesOf(effective, options)], options.debug ?? false);
}

/** Prints lines as btool does, with `debug` behind their files. */
export function printLines(lines: readonly Line[], debug: boolean): string {
  if (!debug) return lines.map(({ text }) => `${text}\n`).join('');
  const widths = new Map<string, number>();
  for (const { path } of lines) if (!widths.has(path)) widths.set(path, utf8Length(path));
  let width = 1;
  for (const own of widths.values()) width = Math.max(width, own + 1);
  const columns = new Map([...widths].map(([path, own]) => [path, path + ' '.repeat(width - own)]));
  return lines.map(({ path, text }) => `${columns.get(path)}${text}\n`).join('');
}

/** Tells the files of layers, each put together once. */
export function pathsBelow<S extends LayerSetting>(home: SplunkHome): (layer: Layer<S> | undefined) => string {
  const paths = new Map<Layer<S>, string>();
  return (layer) => {
    if (!layer) return '';
    let path = paths.get(layer);
    if (path === undefined) paths.set(layer, (path = home.fileAt(layer.place)));
    return path;
  };
}

function* linesOf<S extends LayerSetting>(
  { home, stanzas }: EffectiveConf<S>,
  { prefix = '', own = false }: PrintOptions,
): Generator<Line> {
  const pathOf = pathsBelow<S>(home);
  for (const stanza of stanzas) {
    if ((!stanza.isListed && !own) || !stanza.name.startsWith(prefix)) continue;
    yield { path: pathOf(stanza.headers[0]?.layer), text: `[${stanza.name}]` };
    for (const { key, winner, pathless } of own ? stanza.ownSettings() : stanza.settings())
      yield { path: pathless ? '' : pathOf(winner.layer), text: `${key} = ${winner.setting.value}` };
  }
}
