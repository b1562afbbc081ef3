import {
  EtcTree,
  type EtcFile,
  type LayerSetting,
  type Origin,
  type SchemeFile,
  type Scope,
  targetOf,
} from '@confscope/conf-parser';
import type {
  LayerFileRow,
  LayerQueries,
  StoredInstance,
  StoredLayout,
  StoredSchemes,
  StoredSetting,
} from '@confscope/persistence';
import { type Choice, instanceAt } from './choose-instance.ts';

/** A stored setting as the merger hands it through. */
export interface TreeSetting extends LayerSetting {
  endLine: number;
  /** Set for a secret, whose value is a mask. */
  fingerprint: string | null;
}

/** The files that it takes to answer for a conf: its own, all `app.conf`, and the metadata where exports matter. */
export async function loadTree(
  queries: LayerQueries,
  runId: number,
  { instances, schemes }: StoredLayout,
  choice: Choice,
  wanted: { conf: string; metadata: boolean },
): Promise<EtcTree<TreeSetting>> {
  const rows = await queries.files(runId, [wanted.conf, 'app'], wanted.metadata);
  const files = rows.map((row) => fileOf(row, instances));
  return new EtcTree({ ...choice, files, schemes: schemes.map(schemeFileOf) });
}

/** A stored file as the merger takes it. */
export function fileOf(row: LayerFileRow, instances: readonly StoredInstance[]): EtcFile<TreeSetting> {
  const { path, kind, conf, app, layer, owner: user } = row;
  const scope = row.scope as Scope | null;
  const place = { instance: instanceAt(instances, path), target: targetOf(scope), scope, app, layer, user };
  const stanzas = row.stanzas.map(({ name, line, settings }) => ({ name, line, settings: settings.map(settingOf) }));
  return { origin: { path, kind, conf, ...place, ignoredReason: null }, stanzas };
}

function settingOf([key, value, line, endLine, more]: StoredSetting): TreeSetting {
  const overwritten = (more?.o ?? []).map(([earlier, at]) => ({ value: earlier, line: at }));
  return { key, value, line, endLine, overwritten, fingerprint: more?.f ?? null };
}

function schemeFileOf({ path, instance, app, scope: stored, names }: StoredSchemes): SchemeFile {
  const scope = stored as Scope | null;
  const origin: Origin = {
    ...{ path, kind: 'spec', conf: 'inputs', instance, target: targetOf(scope) },
    ...{ app, scope, layer: null, user: null, ignoredReason: null },
  };
  return { origin, schemes: names };
}
