import type { EffectiveConf, EffectiveStanza } from './effective-conf.ts';
import type { LayerSetting } from './etc-file.ts';
import { propsOfEvent, type RankedMatch } from './event-props.ts';
import { type Line, pathsBelow, printLines } from './print-btool.ts';

/**
 * Prints what props.conf comes to for an event, in the form of a btool list: the stanzas that are for it in their order, each
 * with those of its settings that hold; `[default]` stands last.
 */
export function printEvent<S extends LayerSetting>(
  effective: EffectiveConf<S>,
  ranked: readonly RankedMatch<S>[],
  { debug = false }: { debug?: boolean } = {},
): string {
  const pathOf = pathsBelow<S>(effective.home);
  const headers: Pick<EffectiveStanza<S>, 'name' | 'headers'>[] = ranked.map(({ stanza }) => stanza);
  const byStanza = Map.groupBy(propsOfEvent(effective, ranked).settings(), ({ inheritedFrom }) => inheritedFrom);
  if (byStanza.has('default')) headers.push(...effective.stanzas.filter(({ name }) => name === 'default'));
  const lines = headers.flatMap(({ name, headers: [highest] }): Line[] => [
    { path: pathOf(highest?.layer), text: `[${name}]` },
    ...(byStanza.get(name) ?? []).map(({ key, winner }) => ({
      path: pathOf(winner.layer),
      text: `${key} = ${winner.setting.value}`,
    })),
  ]);
  return printLines(lines, debug);
}
