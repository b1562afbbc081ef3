import {
  type Context,
  decodeText,
  type EffectiveConf,
  effectiveConf,
  type EtcFile,
  EtcTree,
  type Origin,
  parseConfBytes,
  type SchemeFile,
  schemesOf,
  type Setting,
} from '@confscope/conf-parser';
import { filesOf, nothingIn, openTree } from './find-files.ts';
import { type FoundFile, isConfiguration } from './found-file.ts';
import { Misuse } from './misuse.ts';
import type { Output } from './output.ts';

/** Which configuration is asked for, and by whom. */
export interface EtcQuestion {
  conf: string;
  /** Folder or archive. */
  etc: string;
  home: string;
  app: string | null;
  user: string | null;
  /** Root of the instance, where there are several. */
  instance: string | null;
}

/** A conf that was merged; one and the same where it is asked for as it is at index time. */
export interface MergedEtc {
  effective: EffectiveConf<Setting>;
  atIndexTime: EffectiveConf<Setting>;
}

/**
 * Merges a conf of an instance for whoever asks, and as it is at index time. Says so in `notes` when there is none of the name.
 *
 * @throws Misuse when the files hold no such instance or app
 */
export async function mergeConf(question: EtcQuestion, notes: Output): Promise<MergedEtc> {
  const { conf, etc, home } = question;
  const { files, schemes } = await readEtc(question, notes);
  const instance = chooseInstance(question, files);
  const tree = new EtcTree({ files, schemes, instance });
  const context = contextOf(question, files);
  if (context.kind === 'app' && !tree.apps().includes(context.app))
    throw new Misuse(`There is no app "${context.app}" in "${etc}". It holds ${tree.apps().join(', ')}.`);
  if (!tree.confs().includes(conf)) await notes.line(`conf: there is no ${conf}.conf in "${etc}".`);
  const effective = effectiveConf(tree, conf, { context, home });
  if (context.kind !== 'app') return { effective, atIndexTime: effective };
  return { effective, atIndexTime: effectiveConf(tree, conf, { context: wholeOf(files), home }) };
}

interface Etc {
  files: EtcFile<Setting>[];
  schemes: SchemeFile[];
}

/** Reads what the answer depends on: the conf itself, the state of every app, what apps export, and modular inputs. */
async function readEtc({ conf, etc }: EtcQuestion, notes: Output): Promise<Etc> {
  const files: EtcFile<Setting>[] = [];
  const schemes: SchemeFile[] = [];
  let found = 0;
  const isRead = (origin: Origin): boolean =>
    isSpecOfInputs(origin) ||
    origin.kind === 'meta' ||
    (origin.kind === 'conf' && (origin.conf === conf || origin.conf === 'app'));
  for await (const file of filesOf(await openTree(etc), isRead, notes)) {
    const { origin } = file;
    if (isSpecOfInputs(origin)) schemes.push({ origin, schemes: schemesOf(decodeText(await file.read())) });
    if (!isConfiguration(origin)) continue;
    found++;
    // An app counts though it says nothing of this conf.
    files.push(isRead(origin) ? await parsed(file) : { origin, stanzas: [] });
  }
  if (found === 0) throw nothingIn(etc);
  return { files, schemes };
}

const isSpecOfInputs = ({ kind, conf }: Origin): boolean => kind === 'spec' && conf === 'inputs';

async function parsed(file: FoundFile): Promise<EtcFile<Setting>> {
  const { origin } = file;
  const kind = origin.kind === 'meta' ? 'meta' : 'conf';
  return { origin, stanzas: parseConfBytes(await file.read(), { kind, conf: origin.conf }).stanzas };
}

function chooseInstance({ etc, instance }: EtcQuestion, files: readonly EtcFile<Setting>[]): string {
  const roots = [
    ...new Set(files.filter(({ origin }) => origin.target === 'instance').map(({ origin }) => origin.instance)),
  ];
  const [only, ...others] = roots.sort();
  const list = roots.map((root) => `"${root}"`).join(', ');
  if (instance !== null) {
    if (roots.includes(instance)) return instance;
    throw new Misuse(`There is no instance "${instance}" in "${etc}". It holds ${list}.`);
  }
  if (only === undefined)
    throw new Misuse(`"${etc}" holds configuration for other machines alone, and none of the one it comes from.`);
  if (others.length === 0) return only;
  // Beside the one etc of a whole $SPLUNK_HOME lie templates of apps and snapshots, which nobody means.
  const etcs = roots.filter((root) =>
    files.some(({ origin }) => origin.instance === root && origin.scope === 'system'),
  );
  if (etcs.length === 1 && etcs[0] !== undefined) return etcs[0];
  throw new Misuse(`"${etc}" holds several instances: ${list}. Name one with --instance.`);
}

function contextOf({ app, user }: EtcQuestion, files: readonly EtcFile[]): Context {
  return app === null ? wholeOf(files) : { kind: 'app', app, user };
}

/** A peer of a cluster also has what its manager gave it. */
function wholeOf(files: readonly EtcFile[]): Context {
  return { kind: files.some(({ origin }) => origin.scope === 'peer') ? 'peer' : 'global' };
}
