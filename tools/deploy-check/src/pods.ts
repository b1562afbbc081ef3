import type { Manifest } from './manifest.ts';

/** The little of a pod that policies ask about. */
export interface Container {
  name: string;
  image: string;
  env?: { name: string; value?: string; valueFrom?: unknown }[];
  envFrom?: { configMapRef?: { name: string } }[];
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> };
  securityContext?: {
    allowPrivilegeEscalation?: boolean;
    readOnlyRootFilesystem?: boolean;
    capabilities?: { drop?: string[] };
  };
  livenessProbe?: unknown;
  readinessProbe?: unknown;
}

export interface PodSpec {
  containers: Container[];
  initContainers?: Container[];
  volumes?: { name: string; emptyDir?: { sizeLimit?: string } }[];
  automountServiceAccountToken?: boolean;
  terminationGracePeriodSeconds?: number;
  securityContext?: { runAsNonRoot?: boolean; seccompProfile?: { type?: string } };
}

/** The pods that an object starts; undefined when it starts none. */
export function podOf(manifest: Manifest): PodSpec | undefined {
  const spec = manifest['spec'] as { template?: { spec?: PodSpec } } | undefined;
  return ['Deployment', 'StatefulSet', 'Job', 'DaemonSet'].includes(manifest.kind) ? spec?.template?.spec : undefined;
}
