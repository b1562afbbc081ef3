import type { Settings } from '@confscope/service-kit/settings';
import { mebibytesOf } from './mebibytes.ts';
import { ALL_SETTINGS, checkVariable, SETTINGS } from './known-settings.ts';
import { type Manifest, nameOf } from './manifest.ts';
import { type Container, podOf, type PodSpec } from './pods.ts';

/** What a worker needs beside its parsing processes, in MiB. */
export const WORKER_OVERHEAD_MIB = 512;

/** What a worker needs to hand its jobs back after DRAIN_S, in seconds. */
const HAND_BACK_S = 15;

type ConfigMap = Manifest & { data?: Record<string, string> };

/** Holds rendered objects against our own rules. Returns what is wrong, one sentence each. */
export function checkPolicies(manifests: readonly Manifest[]): string[] {
  const settings = configMaps(manifests, 'confscope-settings');
  return [
    ...settings.flatMap((map) =>
      Object.entries(map.data ?? {}).flatMap(([name, value]) => checkVariable(nameOf(map), ALL_SETTINGS, name, value)),
    ),
    ...manifests.flatMap((manifest) => {
      const pod = podOf(manifest);
      return pod ? checkPod(nameOf(manifest), manifest, pod, settings[0]?.data ?? {}) : [];
    }),
    ...checkDefaultDeny(manifests),
    ...checkDisruption(manifests),
  ];
}

const configMaps = (manifests: readonly Manifest[], name: string): ConfigMap[] =>
  manifests.filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith(name));

function checkPod(where: string, { kind }: Manifest, pod: PodSpec, settings: Record<string, string>): string[] {
  const { securityContext, volumes = [] } = pod;
  const problems: string[] = [];
  if (securityContext?.runAsNonRoot !== true) problems.push(`${where}: runs as root.`);
  if (securityContext?.seccompProfile?.type !== 'RuntimeDefault') problems.push(`${where}: has no seccomp profile.`);
  if (pod.automountServiceAccountToken !== false) problems.push(`${where}: is given a token of the cluster.`);
  for (const { name, emptyDir } of volumes)
    if (emptyDir && emptyDir.sizeLimit === undefined)
      problems.push(`${where}: the emptyDir ${name} has no size limit.`);
  for (const container of [...pod.containers, ...(pod.initContainers ?? [])]) {
    problems.push(...checkContainer(`${where} (${container.name})`, container, kind !== 'Job'));
    problems.push(...checkEnvironment(`${where} (${container.name})`, container, settings));
  }
  return [...problems, ...checkGrace(where, pod, settings)];
}

/** A worker must have the time to hand its jobs back after it has let them go on. */
function checkGrace(where: string, pod: PodSpec, settings: Record<string, string>): string[] {
  if (!pod.containers.some(({ name }) => name === 'parse-worker')) return [];
  const needed = Number(settings['DRAIN_S'] ?? SETTINGS['parse-worker']?.['DRAIN_S']?.fallback) + HAND_BACK_S;
  const given = pod.terminationGracePeriodSeconds ?? 30;
  return given >= needed
    ? []
    : [`${where}: is killed after ${given} s, but DRAIN_S and handing back take ${needed} s.`];
}

function checkContainer(where: string, container: Container, serves: boolean): string[] {
  const { image, resources, securityContext } = container;
  const problems = checkImage(where, image);
  for (const kind of ['limits', 'requests'] as const)
    for (const resource of ['cpu', 'memory'])
      if (resources?.[kind]?.[resource] === undefined) problems.push(`${where}: has no ${kind} of ${resource}.`);
  if (securityContext?.allowPrivilegeEscalation !== false) problems.push(`${where}: may gain privileges.`);
  if (securityContext?.readOnlyRootFilesystem !== true) problems.push(`${where}: may write to its image.`);
  if (!securityContext?.capabilities?.drop?.includes('ALL')) problems.push(`${where}: keeps capabilities.`);
  if (serves && !container.livenessProbe) problems.push(`${where}: has no liveness probe.`);
  if (serves && !container.readinessProbe) problems.push(`${where}: has no readiness probe.`);
  return problems;
}

/** An image is named with a tag that stays. */
export function checkImage(where: string, image: string): string[] {
  const tag = /:([^/:@]+)(?:@.+)?$/.exec(image)?.[1];
  if (tag === undefined) return [`${where}: the image ${image} has no tag.`];
  return tag === 'latest' ? [`${where}: the image ${image} is "latest".`] : [];
}

/** The settings of a program of ours, by its image; undefined for other programs. */
export function settingsOfImage(image: string): Settings | undefined {
  const program = /^confscope\/([a-z-]+):/.exec(image)?.[1];
  return program === undefined ? undefined : SETTINGS[program];
}

function checkEnvironment(where: string, container: Container, fromMap: Record<string, string>): string[] {
  const settings = settingsOfImage(container.image);
  if (!settings) return [];
  const { env = [], envFrom = [] } = container;
  const given = { ...(envFrom.length > 0 ? fromMap : {}) };
  const problems: string[] = [];
  for (const { name, value, valueFrom } of env) {
    problems.push(...checkVariable(where, settings, name, value));
    if (settings[name]?.secret && valueFrom === undefined && !name.endsWith('_API_URL'))
      problems.push(`${where}: ${name} may hold a secret and must come from a Secret.`);
    given[name] = value ?? '(from elsewhere)';
  }
  for (const [name, setting] of Object.entries(settings))
    if (setting.fallback === undefined && !setting.optional && given[name] === undefined)
      problems.push(`${where}: ${name} is not set.`);
  if (settings['WORKER_CHILD_MEMORY_MB'] !== undefined)
    problems.push(...checkWorkerMemory(where, given, container.resources?.limits?.['memory'] ?? '0Mi'));
  return problems;
}

/** A worker must have room for all of its parsing processes at their caps, or the kernel kills what we would have told. */
export function checkWorkerMemory(where: string, given: Record<string, string | undefined>, limit: string): string[] {
  const numberOf = (name: string) => Number(given[name] || SETTINGS['parse-worker']?.[name]?.fallback);
  const needed = numberOf('WORKER_CONCURRENCY') * numberOf('WORKER_CHILD_MEMORY_MB') + WORKER_OVERHEAD_MIB;
  return mebibytesOf(limit) >= needed
    ? []
    : [`${where}: ${limit} is less than the ${needed} MiB that its processes may use.`];
}

function checkDefaultDeny(manifests: readonly Manifest[]): string[] {
  const denies = manifests.some(({ kind, ...rest }) => {
    const spec = rest['spec'] as { podSelector?: object; policyTypes?: string[]; ingress?: unknown; egress?: unknown };
    return (
      kind === 'NetworkPolicy' &&
      Object.keys(spec.podSelector ?? { any: 1 }).length === 0 &&
      spec.policyTypes?.length === 2 &&
      !spec.ingress &&
      !spec.egress
    );
  });
  return denies ? [] : ['No network policy denies what no other allows.'];
}

function checkDisruption(manifests: readonly Manifest[]): string[] {
  const budgets = new Set(manifests.filter(({ kind }) => kind === 'PodDisruptionBudget').map((m) => m.metadata.name));
  return manifests
    .filter(
      (manifest) => manifest.kind === 'Deployment' && podOf(manifest)?.containers.some((c) => settingsOfImage(c.image)),
    )
    .filter(({ metadata }) => !budgets.has(metadata.name))
    .map((manifest) => `${nameOf(manifest)}: has no PodDisruptionBudget.`);
}
