import {
  APP_RULE_STANZAS,
  EtcTree,
  type EtcFile,
  type Origin,
  type SchemeFile,
  type Scope,
  stanzasBehind,
  targetOf,
} from '@confscope/conf-parser';
import type {
  LayerFileRow,
  LayerQueries,
  LayerStanzaRow,
  StanzaOutlineRow,
  StoredInstance,
  StoredLayout,
  StoredSchemes,
} from '@confscope/persistence';
import { type Choice, instanceAt } from './choose-instance.ts';
import { type TreeSetting, TreeStanza } from './tree-stanza.ts';

/** What a question asks of a tree. */
export interface Wanted {
  conf: string;
  /** The only stanza that is asked for; null: all of them. */
  stanza: string | null;
  /** Whether metadata has a say. */
  metadata: boolean;
  /** Whether all values are read, or none. */
  values: boolean;
}

/** The files that it takes to answer for a conf: its own, all `app.conf`, and the metadata where exports matter. */
export async function loadTree(
  queries: LayerQueries,
  runId: number,
  { instances, schemes }: StoredLayout,
  choice: Choice,
  { conf, stanza, metadata, values }: Wanted,
): Promise<EtcTree<TreeSetting>> {
  const rows = await queries.files(runId, [conf, 'app'], metadata);
  const files = rows
    .map((row) => ({ id: row.file_id, origin: originOf(row, instances) }))
    .filter(({ origin }) => origin.instance === choice.instance && origin.target === choice.target);
  const idsOf = (isWanted: (origin: Origin) => boolean) => [
    ...new Set(files.filter(({ origin }) => isWanted(origin)).map(({ id }) => id)),
  ];
  const own = idsOf((origin) => origin.kind === 'conf' && origin.conf === conf);
  const names = stanza === null ? null : stanzasBehind(conf, stanza);
  const [stanzas, rules, exports] = await Promise.all([
    values ? queries.stanzas(own, names) : queries.outlines(own, names),
    queries.stanzas(
      idsOf((origin) => origin.kind === 'conf' && origin.conf === 'app'),
      APP_RULE_STANZAS,
    ),
    queries.exports(idsOf((origin) => origin.kind === 'meta')),
  ]);
  const byFile = stanzasByFile(stanzas, rules, exports);
  return new EtcTree({
    ...choice,
    files: files.map(({ id, origin }): EtcFile<TreeSetting> => ({ origin, stanzas: byFile.get(id) ?? [] })),
    schemes: schemes.map(schemeFileOf),
  });
}

/** Where a stored file lies. */
export function originOf(row: LayerFileRow, instances: readonly StoredInstance[]): Origin {
  const { path, kind, conf, app, layer, owner: user } = row;
  const scope = row.scope as Scope | null;
  const place = { instance: instanceAt(instances, path), target: targetOf(scope), scope, app, layer, user };
  return { path, kind, conf, ...place, ignoredReason: null };
}

/** The stanzas of each file in their order. Of a stanza that is in two lists the later one counts. */
export function stanzasByFile(
  ...lists: readonly (readonly (StanzaOutlineRow | LayerStanzaRow)[])[]
): Map<number, TreeStanza[]> {
  const files = new Map<number, TreeStanza[]>();
  for (const rows of lists)
    for (const row of rows) {
      const stanzas = files.get(row.file_id);
      if (stanzas) stanzas.push(new TreeStanza(row));
      else files.set(row.file_id, [new TreeStanza(row)]);
    }
  for (const [id, stanzas] of files) {
    stanzas.sort((a, b) => a.place.ordinal - b.place.ordinal);
    files.set(
      id,
      stanzas.filter((stanza, at) => stanzas[at + 1]?.place.ordinal !== stanza.place.ordinal),
    );
  }
  return files;
}

function schemeFileOf({ path, instance, app, scope: stored, names }: StoredSchemes): SchemeFile {
  const scope = stored as Scope | null;
  const origin: Origin = {
    ...{ path, kind: 'spec', conf: 'inputs', instance, target: targetOf(scope) },
    ...{ app, scope, layer: null, user: null, ignoredReason: null },
  };
  return { origin, schemes: names };
}
