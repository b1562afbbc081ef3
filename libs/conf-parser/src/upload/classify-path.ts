import { isBackupFolder, type NamedFile, nameOfFile } from './file-name.ts';
import { type IgnoredReason, type LayerName, type Origin, type Scope, targetOf } from './origin.ts';

/** Folders of an `etc` that hold one app each, and the scope of what lies in them. */
const APP_FOLDERS: ReadonlyMap<string, Scope> = new Map<string, Scope>([
  ['apps', 'app'],
  ['peer-apps', 'peer'],
  ['slave-apps', 'peer'],
  ['manager-apps', 'manager'],
  ['master-apps', 'manager'],
  ['deployment-apps', 'deployment'],
]);

/** Folders of an `etc` whose `.conf` files have the format of another program. */
const OTHER_FORMATS = new Set(['openldap', 'modules']);

/** Whose folder it is, and how many folders lead to it. */
export interface Owner {
  scope: Scope;
  app: string | null;
  user: string | null;
  depth: number;
}

/**
 * The owner of a file in an `etc`: the system, an app, or a user in an app; null when it lies in no folder of theirs.
 *
 * @param folders folders between `etc` and the file
 */
export function ownerIn(folders: readonly string[]): Owner | null {
  const [first = '', second, third] = folders;
  if (first === 'system') return { scope: 'system', app: null, user: null, depth: 1 };
  const scope = APP_FOLDERS.get(first);
  if (scope) return second === undefined ? null : { scope, app: second, user: null, depth: 2 };
  if (first === 'users')
    return second === undefined || third === undefined ? null : { scope: 'user', app: third, user: second, depth: 3 };
  if (first !== 'shcluster' || (second !== 'apps' && second !== 'users')) return null;
  const member = ownerIn(folders.slice(1));
  return member && { ...member, scope: 'shcluster', depth: member.depth + 1 };
}

/** Where the files of a folder lie, once it is known whose folders they are in. */
export interface Place {
  instance: string;
  owner: Owner | null;
  /** Folders between the owner's and the files; of files without owner, those between `etc` and them. */
  folders: readonly string[];
  /** One of these folders is an old copy. */
  isBackup: boolean;
}

export function placeOf(instance: string, owner: Owner | null, folders: readonly string[]): Place {
  return { instance, owner, folders, isBackup: folders.some(isBackupFolder) };
}

/** Says what Splunk makes of a file of an `etc` or an app; null for one that is none by its name. */
export function classify(path: string, place: Place): Origin | null {
  const name = nameOfFile(path.slice(path.lastIndexOf('/') + 1));
  if (!name) return null;
  const verdict = verdictOn(name, place);
  if (verdict === null) return null;
  const { instance, owner } = place;
  const isIgnored = typeof verdict === 'string';
  const scope = (isIgnored ? null : verdict.scope) ?? owner?.scope ?? null;
  return {
    path,
    conf: name.conf,
    instance,
    app: owner?.app ?? null,
    user: owner?.user ?? null,
    kind: isIgnored ? 'ignored' : name.kind,
    target: targetOf(scope),
    scope,
    layer: isIgnored ? null : verdict.layer,
    ignoredReason: isIgnored ? verdict : null,
  };
}

type Verdict = { layer: LayerName | null; scope?: Scope } | IgnoredReason | null;

function verdictOn({ kind, conf }: NamedFile, { owner, folders, isBackup }: Place): Verdict {
  const [folder] = folders;
  const direct = owner !== null && folders.length === 1;
  // Specs describe configuration; the ones that do not lie where Splunk looks for them are no news to anybody.
  if (kind === 'spec') return direct && folder === 'README' ? { layer: null } : null;
  if (kind === 'conf' && conf === 'splunk-launch')
    return folders.length === 0 && owner === null ? { layer: null, scope: 'system' } : 'one-place-only';
  if (isBackup) return 'backup-folder';
  if (owner === null && folder === 'disabled-apps') return 'disabled-apps';
  if (owner === null && OTHER_FORMATS.has(folder ?? '')) return 'other-format';
  return kind === 'meta'
    ? metaVerdict(conf, owner, direct && folder === 'metadata')
    : confVerdict(conf, owner, folders, direct);
}

function confVerdict(conf: string, owner: Owner | null, folders: readonly string[], direct: boolean): Verdict {
  const [folder] = folders;
  if (folders.at(-1) === 'README' || conf.endsWith('.spec')) return 'documentation';
  if (!direct || (folder !== 'default' && folder !== 'local')) return 'not-in-default-or-local';
  return owner?.user != null && folder === 'default' ? 'user-default' : { layer: folder };
}

function metaVerdict(conf: string, owner: Owner | null, inMetadata: boolean): Verdict {
  const layer = conf === 'default.meta' ? 'default' : conf === 'local.meta' ? 'local' : null;
  if (layer === null || !inMetadata) return 'not-in-metadata';
  return owner?.user != null && layer === 'default' ? 'user-default' : { layer };
}
