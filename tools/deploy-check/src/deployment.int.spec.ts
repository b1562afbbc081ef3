import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { serviceArguments } from '@confscope/local-services';
import { checkCompose, checkEnvExample } from './check-compose.ts';
import { checkPolicies } from './check-policies.ts';
import { checkSchemas } from './check-schema.ts';
import { findKubectl } from './find-kubectl.ts';
import { ALL_SETTINGS } from './known-settings.ts';
import { type Manifest, renderComponents, renderFolder } from './manifest.ts';
import { podOf } from './pods.ts';

const root = path.join(import.meta.dirname, '..', '..', '..');
const deploy = path.join(root, 'deploy');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** Every way to put the parts together that we offer. */
const VARIANTS: Record<string, readonly string[]> = {
  'a volume, workers by their processors': ['archives-volume', 'worker-hpa'],
  'a bucket, workers by what Redis holds, all else': [
    's3',
    'keda-redis-streams',
    'prometheus-operator',
    'jaeger',
    'tls',
  ],
};

describe('the manifests', () => {
  const rendered = new Map<string, Manifest[]>();
  beforeAll(async () => {
    const kubectl = await findKubectl(path.join(root, '.confscope', 'tools'));
    for (const overlay of readdirSync(path.join(deploy, 'overlays')))
      rendered.set(overlay, renderFolder(kubectl, path.join(deploy, 'overlays', overlay)));
    for (const [name, components] of Object.entries(VARIANTS))
      rendered.set(name, renderComponents(kubectl, deploy, components));
  });
  /** The production overlay, to be spoilt. */
  const production = (): Manifest[] => structuredClone(rendered.get('production') ?? []);
  const find = (manifests: Manifest[], kind: string, name: string): Manifest => {
    const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name.startsWith(name));
    if (!found) throw new Error(`There is no ${kind}/${name}.`);
    return found;
  };
  const containerOf = (manifest: Manifest) => podOf(manifest)?.containers[0] ?? { name: '', image: '' };

  it('use every component somewhere', () => {
    const used = [
      ...Object.values(VARIANTS).flat(),
      ...read('deploy/overlays/production/kustomization.yaml').split(/[\s/]+/),
    ];
    for (const component of readdirSync(path.join(deploy, 'components'))) expect(used).toContain(component);
  });

  it('are what the schemas of Kubernetes, KEDA and the Prometheus operator say, without a field too many', async () => {
    const all = [...rendered.values()].flat();
    expect(all.length).toBeGreaterThan(100);
    expect(await checkSchemas(all, root)).toEqual([]);
  });

  it('keep our own rules', () => {
    for (const [variant, manifests] of rendered)
      expect({ variant, problems: checkPolicies(manifests) }).toEqual({ variant, problems: [] });
  });

  it.each<[string, (manifests: Manifest[]) => void, RegExp]>([
    [
      'a field that does not exist',
      (all) => Object.assign(containerOf(find(all, 'Deployment', 'gateway')), { readynessProbe: {} }),
      /Deployment\/gateway: .*readynessProbe/,
    ],
    [
      'a value of a wrong type',
      (all) => Object.assign(find(all, 'Deployment', 'upload-api')['spec'] as object, { replicas: 'two' }),
      /Deployment\/upload-api: /,
    ],
    [
      'a mistyped field of KEDA',
      (all) => Object.assign(find(all, 'ScaledObject', 'parse-worker')['spec'] as object, { maxReplicasCount: 3 }),
      /ScaledObject\/parse-worker: .*maxReplicasCount/,
    ],
    [
      'a mistyped field of a monitor',
      (all) => Object.assign(find(all, 'ServiceMonitor', 'confscope')['spec'] as object, { endpoint: [] }),
      /ServiceMonitor\/confscope: .*endpoint/,
    ],
    [
      'a kind that nobody knows',
      (all) => all.push({ apiVersion: 'example.com/v1', kind: 'Wish', metadata: { name: 'x' } }),
      /Wish\/x: no schema is known/,
    ],
  ])('would be refused by a schema with %s', async (_, spoil, complaint) => {
    const manifests = production();
    spoil(manifests);
    expect((await checkSchemas(manifests, root)).join('\n')).toMatch(complaint);
  });

  it.each<[string, (manifests: Manifest[]) => void, string]>([
    [
      'a mistyped variable',
      (all) =>
        containerOf(find(all, 'Deployment', 'parse-worker')).env?.push({ name: 'WORKER_CONCURENCY', value: '4' }),
      'Deployment/parse-worker (parse-worker): no program has a setting WORKER_CONCURENCY.',
    ],
    [
      'a mistyped setting',
      (all) => Object.assign(find(all, 'ConfigMap', 'confscope-settings')['data'] as object, { LEASE: '20' }),
      'no program has a setting LEASE.',
    ],
    [
      'a value that a setting does not take',
      (all) => Object.assign(find(all, 'ConfigMap', 'confscope-settings')['data'] as object, { STORAGE_BACKEND: 'S3' }),
      'STORAGE_BACKEND must be one of local, s3.',
    ],
    [
      'a secret in the open',
      (all) => {
        const { env = [] } = containerOf(find(all, 'Deployment', 'status-api'));
        env[0] = { name: 'DATABASE_URL', value: 'postgres://u:p@h/d' };
      },
      'DATABASE_URL may hold a secret and must come from a Secret.',
    ],
    [
      'a required variable that is missing',
      (all) => Object.assign(containerOf(find(all, 'Deployment', 'status-api')), { env: [] }),
      'Deployment/status-api (status-api): DATABASE_URL is not set.',
    ],
    [
      'an image without a tag',
      (all) => Object.assign(containerOf(find(all, 'Job', 'migrate')), { image: 'confscope/migrate' }),
      'the image confscope/migrate has no tag.',
    ],
    [
      'the latest image',
      (all) => Object.assign(containerOf(find(all, 'Deployment', 'jaeger')), { image: 'jaegertracing/jaeger:latest' }),
      'the image jaegertracing/jaeger:latest is "latest".',
    ],
    [
      'a root user',
      (all) => Object.assign(podOf(find(all, 'Deployment', 'gateway'))?.securityContext ?? {}, { runAsNonRoot: false }),
      'Deployment/gateway: runs as root.',
    ],
    [
      'no limits',
      (all) => Object.assign(containerOf(find(all, 'Deployment', 'gateway')), { resources: {} }),
      'Deployment/gateway (gateway): has no limits of memory.',
    ],
    [
      'too little memory for the parsing processes',
      (all) =>
        Object.assign(find(all, 'ConfigMap', 'confscope-settings')['data'] as object, { WORKER_CONCURRENCY: '4' }),
      '1536Mi is less than the 2560 MiB that its processes may use.',
    ],
    [
      'no time to hand jobs back',
      (all) => Object.assign(find(all, 'ConfigMap', 'confscope-settings')['data'] as object, { DRAIN_S: '60' }),
      'is killed after 45 s, but DRAIN_S and handing back take 75 s.',
    ],
    [
      'an emptyDir without an end',
      (all) => Object.assign(podOf(find(all, 'Deployment', 'gateway'))?.volumes?.[0] ?? {}, { emptyDir: {} }),
      'Deployment/gateway: the emptyDir tmp has no size limit.',
    ],
    [
      'an open network',
      (all) => void all.splice(all.indexOf(find(all, 'NetworkPolicy', 'default-deny')), 1),
      'No network policy denies what no other allows.',
    ],
    [
      'a service that a drained node may take away whole',
      (all) => void all.splice(all.indexOf(find(all, 'PodDisruptionBudget', 'status-api')), 1),
      'Deployment/status-api: has no PodDisruptionBudget.',
    ],
  ])('would be refused by our rules with %s', (_, spoil, complaint) => {
    const manifests = production();
    spoil(manifests);
    expect(checkPolicies(manifests).join('\n')).toContain(complaint);
  });

  it('scale workers by as many jobs as one of them runs', () => {
    const { data } = find(production(), 'ConfigMap', 'confscope-settings') as Manifest & {
      data: Record<string, string>;
    };
    const scaled = JSON.stringify(find(production(), 'ScaledObject', 'parse-worker'));
    expect(scaled).toContain(`"targetValue":"${data['WORKER_CONCURRENCY']}"`);
  });
});

describe('the compose file', () => {
  const compose = read('docker/compose.yaml');
  const example = read('docker/.env.example');

  it('keeps our own rules, and lets every setting be set', () => {
    expect(checkCompose(compose)).toEqual([]);
    expect(checkEnvExample(example, compose)).toEqual([]);
  });

  it.each([
    ['  WORKER_CONCURRENCY: ${', '  WORKER_CONCURENCY: ${', 'no program has a setting WORKER_CONCURENCY'],
    ['LEASE_S: ${LEASE_S:-}', 'LEASE_S: ${LEASE:-}', 'LEASE_S is given LEASE'],
    ["'${PARSE_WORKER_MEMORY:-1536M}'", '1G', '1G is less than the 1536 MiB'],
    ['prom/prometheus:v3.7.3', 'prom/prometheus:latest', 'is "latest"'],
    ['  read_only: true', '  read_only: false', 'may write to its image'],
    ['      TASK_ROUTES: ${TASK_ROUTES:-}\n', '', 'upload-api: TASK_ROUTES cannot be set through it'],
  ])('would be refused with a planted mistake: %j', (right, wrong, complaint) => {
    expect(compose).toContain(right);
    expect(checkCompose(compose.replace(right, wrong)).join('\n')).toContain(complaint);
  });

  it.each([
    ['#LEASE_S=20', '#LEASE=20', 'nothing reads LEASE.'],
    ['#LEASE_S=20', '#LEASE_S=30', 'the default of LEASE_S is 20, not 30.'],
    ['#LEASE_S=20', '', 'LEASE_S is not explained.'],
  ])('would be refused with an example that misleads: %j → %j', (right, wrong, complaint) => {
    expect(checkEnvExample(example.replace(right, wrong), compose).join('\n')).toContain(complaint);
  });
});

describe('the image', () => {
  it('runs a service as everybody else does', () => {
    const [, words = '[]'] = /^ENTRYPOINT (.*)$/m.exec(read('docker/Dockerfile')) ?? [];
    const [, , node, ...args] = JSON.parse(words) as string[];
    const [main = '', ...told] = serviceArguments('/app', 'any').reverse();
    expect([node, ...args]).toEqual(['node', ...told.reverse()]);
    expect(main).toBe('/app/apps/any/dist/main.js');
  });

  it('sets no variable that nobody reads', () => {
    const dockerfile = read('docker/Dockerfile');
    const [, block = ''] = /^ENV ((?:.*\\\n)*.*)$/m.exec(dockerfile) ?? [];
    const names = [...block.matchAll(/([A-Z_]+)=/g)].map(([, name]) => name ?? '');
    expect(names).toContain('PORT');
    for (const name of names)
      expect([...Object.keys(ALL_SETTINGS), 'OTEL_SERVICE_NAME', 'NODE_ENV', 'HOME']).toContain(name);
  });
});
