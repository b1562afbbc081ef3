import { type Target, UploadShape } from '@confscope/conf-parser';
import type { LayerQueries, RunRow, StoredInstance, StoredLayout } from '@confscope/persistence';
import { badRequest, Problem } from '@confscope/service-kit';
import type { InstanceQuery } from './effective.query.ts';

/** One instance of an upload, and whose configuration of it. */
export interface Choice {
  instance: string;
  target: Target;
}

/**
 * The shape of a run's upload.
 *
 * @throws Problem `run_not_complete`
 */
export async function layoutOf(queries: LayerQueries, run: RunRow): Promise<StoredLayout> {
  if (run.status !== 'complete')
    throw new Problem(
      409,
      'run_not_complete',
      `Run ${run.id} is ${run.status}; what its configuration comes to is known when it is complete.`,
    );
  const layout = await queries.layout(run.id);
  // Of a run that was parsed before shapes were kept, the paths of its files still tell, though not its inputs' schemes.
  return layout ?? { instances: UploadShape.of(await queries.paths(run.id)).instances(), schemes: [] };
}

/**
 * The instance and target that a request is about. Where there is only one, it need not be named; nor where only one is an
 * `etc`: the templates of apps and the snapshots beside the one `etc` of a whole `$SPLUNK_HOME` are what nobody means.
 *
 * @throws Problem that lists what there is
 */
export function chooseInstance(instances: readonly StoredInstance[], query: InstanceQuery): Choice {
  checkInstance(instances, query.instance);
  const instance =
    query.instance === undefined ? onlyOne(instances) : instances.find(({ root }) => root === query.instance);
  if (!instance)
    throw instanceFault('The upload holds several instances: name one. instance must be one of', instances);
  return { instance: instance.root, target: chooseTarget(instance, query.target) };
}

function onlyOne(instances: readonly StoredInstance[]): StoredInstance | undefined {
  if (instances.length === 1) return instances[0];
  const etcs = instances.filter(({ kind }) => kind === 'etc' || kind === 'diag');
  return etcs.length === 1 ? etcs[0] : undefined;
}

/** @throws Problem when there is no such instance */
export function checkInstance(instances: readonly StoredInstance[], root: string | undefined): void {
  if (root !== undefined && !instances.some((one) => one.root === root))
    throw instanceFault('instance must be one of', instances);
}

function instanceFault(fault: string, instances: readonly StoredInstance[]): Problem {
  return badRequest([{ field: 'instance', message: `${fault} ${list(instances.map(({ root }) => root))}.` }]);
}

function chooseTarget({ targets }: StoredInstance, wanted: Target | undefined): Target {
  const target = wanted ?? (targets.includes('instance') || targets.length !== 1 ? 'instance' : targets[0]);
  if (target !== undefined && targets.includes(target)) return target;
  throw badRequest([
    { field: 'target', message: `target must be one of ${targets.join(', ')}: there is no other configuration here.` },
  ]);
}

/** Names as a message shows them; the top of an upload has an empty one. */
export function list(names: readonly string[]): string {
  const MOST = 20;
  const shown = names.slice(0, MOST).map((name) => (name === '' ? '"" (the top of the upload)' : name));
  return names.length > MOST ? `${shown.join(', ')} and ${names.length - MOST} more` : shown.join(', ');
}

/** The instance that a file lies in: the nearest, since an `etc` may lie beside the apps of another instance. */
export function instanceAt(instances: readonly StoredInstance[], path: string): string {
  let found = '';
  for (const { root } of instances) if (root.length > found.length && path.startsWith(`${root}/`)) found = root;
  return found;
}
