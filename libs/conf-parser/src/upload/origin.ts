/**
 * What Splunk makes of a file: configuration, metadata, the description of configuration (`README/*.conf.spec`), or
 * nothing in spite of its name.
 */
export type FileKind = 'conf' | 'meta' | 'spec' | 'ignored';

/**
 * Where a file counts.
 *
 * - `system`, `app`, `user`: the instance itself.
 * - `peer`: the bundle of an indexer cluster, on a peer. `manager`: its source on the cluster manager, not live there.
 * - `deployment`: for deployment clients. `shcluster`: for search head cluster members.
 * - `single`: a file that came without the folders that would say.
 */
export const SCOPES = ['system', 'app', 'user', 'peer', 'manager', 'deployment', 'shcluster', 'single'] as const;
export type Scope = (typeof SCOPES)[number];

/** Whose configuration it is: that of the instance itself, or of those it hands it out to. */
export const TARGETS = ['instance', 'clients', 'peers', 'members'] as const;
export type Target = (typeof TARGETS)[number];

/** Why Splunk does not read a `.conf` or `.meta` file. */
export const IGNORED_REASONS = [
  /** In `README`, or a `.spec.conf`: it describes configuration. */
  'documentation',
  /** In a copy of `default` or `local` such as `default.old.20200101-000000`. */
  'backup-folder',
  /** In a folder of `etc` such as `openldap`, whose files are those of another program. */
  'other-format',
  /** In `disabled-apps`, where retired apps are kept. */
  'disabled-apps',
  /** In the `default` folder of a user: users have `local` alone. */
  'user-default',
  'not-in-default-or-local',
  /** A `.meta` that is not `metadata/default.meta` or `metadata/local.meta`. */
  'not-in-metadata',
  /** `splunk-launch.conf` anywhere but in `etc`. */
  'one-place-only',
] as const;
export type IgnoredReason = (typeof IGNORED_REASONS)[number];

export type LayerName = 'default' | 'local';

/** Where a file of an upload comes from, and so whose it is. */
export interface Origin {
  path: string;
  kind: FileKind;
  /** `props` for `props.conf` and its spec; `default.meta` or `local.meta` for metadata. */
  conf: string;
  /** The folder of the upload that is the `etc` of its instance, or stands for it; `''` is the top of the upload. */
  instance: string;
  target: Target;
  app: string | null;
  scope: Scope | null;
  layer: LayerName | null;
  user: string | null;
  /** Set for `ignored` files alone. */
  ignoredReason: IgnoredReason | null;
}

/** Whose the files of a scope are. */
export function targetOf(scope: Scope | null): Target {
  if (scope === 'deployment') return 'clients';
  if (scope === 'manager') return 'peers';
  return scope === 'shcluster' ? 'members' : 'instance';
}
