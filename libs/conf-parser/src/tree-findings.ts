import { compareBytes } from './byte-order.ts';
import { type Diagnostic, diagnostic, type TreeCode } from './diagnostic.ts';
import { appStateOf } from './layers/app-state.ts';
import { reachOf } from './layers/conf-rules.ts';
import type { EtcFile, LayerSetting } from './layers/etc-file.ts';
import type { IgnoredReason, Origin } from './upload/origin.ts';

/** Confs of knowledge objects that count at index time as well. */
const AT_INDEX_TIME = new Set(['props', 'transforms']);

/** What to do with a file that Splunk does not read where it lies; null where it is nobody's mistake. */
const REMEDIES: Readonly<Record<IgnoredReason, string | null>> = {
  documentation: null,
  'other-format': null,
  'backup-folder': 'Move what is still needed to default or local, and remove the copy.',
  'disabled-apps': 'Move the app to apps if it is still needed; or remove it.',
  'user-default': 'Move it to the local folder of the user: users have no default.',
  'not-in-default-or-local': 'Move it to the default or local folder of an app; or remove it.',
  'not-in-metadata': 'Call it default.meta or local.meta in the metadata folder of its app; or remove it.',
  'one-place-only': 'Move it to etc itself, the one place where Splunk reads it; or remove it.',
};

/** A finding that takes more than one file to see, and the file it is about. */
export interface TreeFinding {
  origin: Origin;
  diagnostic: Diagnostic;
}

/** A value of a setting, and the file that gives it. */
interface Claim {
  file: EtcFile;
  setting: LayerSetting;
}

/**
 * What is odd about the files of an upload together: what Splunk does not read where it lies, and settings that get in
 * each other's way. Files of different instances, and for different machines, have nothing to do with each other.
 *
 * @param files conf and meta files; the ignored ones, with no stanzas, as well
 */
export function findInTree(files: readonly EtcFile[]): TreeFinding[] {
  const findings: TreeFinding[] = [];
  for (const { origin } of files) {
    const remedy = origin.ignoredReason && REMEDIES[origin.ignoredReason];
    if (remedy !== null) findings.push(noted(origin, 'ignored-location', 1, remedy));
  }
  const confs = files.filter(({ origin }) => origin.kind === 'conf');
  for (const group of groupBy(confs, ({ origin }) => `${origin.instance}\n${origin.target}`)) {
    for (const finding of findBothBundles(group)) findings.push(finding);
    for (const app of groupBy(group, ({ origin }) => `${origin.scope}\n${origin.app}`))
      for (const finding of findInApp(app)) findings.push(finding);
    const enabled = withoutDisabledApps(group);
    for (const conf of groupBy(enabled, ({ origin }) => origin.conf))
      for (const finding of findAmongApps(conf)) findings.push(finding);
  }
  return findings;
}

function findBothBundles(files: readonly EtcFile[]): TreeFinding[] {
  const inFolder = (folder: string) => files.find(({ origin }) => `/${origin.path}`.includes(`/${folder}/`));
  const slave = inFolder('slave-apps');
  return slave && inFolder('peer-apps') ? [noted(slave.origin, 'both-slave-and-peer-apps', 1)] : [];
}

/** Looks at the files of one app, or of the system. */
function findInApp(files: readonly EtcFile[]): TreeFinding[] {
  const findings: TreeFinding[] = [];
  const isApp = files[0]?.origin.scope === 'app' || files[0]?.origin.scope === 'peer';
  if (isApp && appStateOf(files.filter(({ origin }) => origin.conf === 'app')).disabled) {
    // The app's own app.conf in local is where it is disabled.
    const local = files.find(({ origin }) => origin.layer === 'local' && origin.conf !== 'app');
    if (local) findings.push(noted(local.origin, 'disabled-app-has-local', 1));
  }
  for (const conf of groupBy(files, ({ origin }) => origin.conf)) {
    if (isApp && isShared(conf)) for (const finding of findDefaults(conf)) findings.push(finding);
    for (const claims of claimsOf(conf).values()) {
      const local = claims.find(({ file }) => file.origin.layer === 'local');
      const own = claims.find(({ file }) => file.origin.layer === 'default');
      if (local && own && local.setting.value === own.setting.value)
        findings.push(noted(local.file.origin, 'local-equals-default', local.setting.line));
    }
  }
  return findings;
}

function findDefaults(files: readonly EtcFile[]): TreeFinding[] {
  return files.flatMap(({ origin, stanzas }) =>
    stanzas
      .filter(({ name, settings }) => name === 'default' && settings.length > 0)
      .map(({ line }) => noted(origin, 'default-in-app', line)),
  );
}

/** Looks at one conf over all apps. */
function findAmongApps(files: readonly EtcFile[]): TreeFinding[] {
  if (!isShared(files)) return [];
  const conf = files[0]?.origin.conf ?? '';
  const findings: TreeFinding[] = [];
  for (const claims of claimsOf(files).values()) {
    const ofApps = claims.filter(({ file }) => file.origin.scope === 'app').sort(byIndexTimePrecedence);
    const [winner, ...losers] = ofApps;
    if (!winner) continue;
    if (reachOf(conf) === 'instance' || AT_INDEX_TIME.has(conf))
      for (const finding of findConflicts(winner, losers)) findings.push(finding);
    const system = claims.find(({ file }) => file.origin.scope === 'system' && file.origin.layer === 'local');
    const shadow = ofApps.find((claim) => system && isOther(system.setting, claim));
    if (system && shadow && reachOf(conf) === 'object')
      findings.push(
        noted(
          system.file.origin,
          'system-local-shadowed',
          system.setting.line,
          `Set it in the app: ${placeOf(shadow)} wins.`,
        ),
      );
  }
  return findings;
}

function findConflicts(winner: Claim, losers: readonly Claim[]): TreeFinding[] {
  const { app, conf } = winner.file.origin;
  const others = losers.filter((claim) => claim.file.origin.app !== app && isOther(claim.setting, winner));
  // At search time the other app that sorts last wins, app by app.
  const last = [winner, ...losers].toSorted((a, b) =>
    compareBytes(b.file.origin.app ?? '', a.file.origin.app ?? ''),
  )[0];
  const searchTime =
    AT_INDEX_TIME.has(conf) && last ? ` At search time ${placeOf(last)} wins where it is exported.` : '';
  return others.map(({ file, setting }) => {
    const remedy = `Set it in one app alone. ${placeOf(winner)} wins at index time.${searchTime}`;
    return noted(file.origin, 'conflicting-apps', setting.line, remedy);
  });
}

/** A disabled app contradicts nobody. */
function withoutDisabledApps(files: readonly EtcFile[]): EtcFile[] {
  return groupBy(files, ({ origin }) => `${origin.scope}\n${origin.app}`)
    .filter((app) => !appStateOf(app.filter(({ origin }) => origin.scope === 'app' && origin.conf === 'app')).disabled)
    .flat();
}

/** Whether what one app says in these files means anything to others. */
function isShared(files: readonly EtcFile[]): boolean {
  const reach = reachOf(files[0]?.origin.conf ?? '');
  return reach === 'instance' || reach === 'object';
}

/** Each local beats any default; among equals the app that sorts first wins. */
function byIndexTimePrecedence({ file: { origin: a } }: Claim, { file: { origin: b } }: Claim): number {
  if (a.layer !== b.layer) return a.layer === 'local' ? -1 : 1;
  return compareBytes(a.app ?? '', b.app ?? '');
}

function isOther(setting: LayerSetting, claim: Claim): boolean {
  return setting.value !== claim.setting.value;
}

function placeOf({ file: { origin }, setting }: Claim): string {
  return `${origin.path}, line ${setting.line},`;
}

/** Every value of every setting, by stanza and key. */
function claimsOf(files: readonly EtcFile[]): Map<string, Claim[]> {
  const claims = new Map<string, Claim[]>();
  for (const file of files)
    for (const { name, settings } of file.stanzas)
      for (const setting of settings) {
        const id = `${name}\0${setting.key}`;
        const known = claims.get(id);
        if (known) known.push({ file, setting });
        else claims.set(id, [{ file, setting }]);
      }
  return claims;
}

function groupBy(files: readonly EtcFile[], keyOf: (file: EtcFile) => string): EtcFile[][] {
  return [...Map.groupBy(files, keyOf).values()];
}

function noted(origin: Origin, code: TreeCode, line: number, remedy?: string): TreeFinding {
  return { origin, diagnostic: diagnostic(code, line, 1, remedy) };
}
