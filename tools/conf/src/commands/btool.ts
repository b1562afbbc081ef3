import {
  type Context,
  effectiveConf,
  type EtcFile,
  EtcTree,
  parseConfBytes,
  printBtool,
  type SchemeFile,
  schemesOf,
  decodeText,
} from '@confscope/conf-parser';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { filesOf, nothingIn, openTree } from '../find-files.ts';
import type { FoundFile } from '../found-file.ts';
import { Misuse } from '../misuse.ts';
import type { Output } from '../output.ts';

export interface BtoolCommand {
  conf: string;
  prefix: string;
  /** Folder or archive. */
  etc: string;
  debug: boolean;
  home: string;
  app: string | null;
  user: string | null;
  /** Root of the instance, where there are several. */
  instance: string | null;
}

/** Lists what holds of a conf, as `splunk btool CONF list` does on the machine that the files come from. */
export async function btoolCommand(command: BtoolCommand, output: Output, notes: Output): Promise<ExitCode> {
  const { conf, etc, prefix, debug, home } = command;
  const { files, schemes } = await readEtc(command);
  const instance = chooseInstance(command, files);
  const tree = new EtcTree({ files, schemes, instance });
  const context = contextOf(command, files);
  if (context.kind === 'app' && !tree.apps().includes(context.app))
    throw new Misuse(`There is no app "${context.app}" in "${etc}". It holds ${tree.apps().join(', ')}.`);
  const text = printBtool(effectiveConf(tree, conf, { context, home }), { prefix, debug });
  if (!tree.confs().includes(conf)) await notes.line(`conf: there is no ${conf}.conf in "${etc}".`);
  await output.write(text);
  return EXIT.clean;
}

interface Etc {
  files: EtcFile[];
  schemes: SchemeFile[];
}

/** Reads what the answer depends on: the conf itself, the state of every app, what apps export, and modular inputs. */
async function readEtc({ conf, etc }: BtoolCommand): Promise<Etc> {
  const files: EtcFile[] = [];
  const schemes: SchemeFile[] = [];
  let found = 0;
  for await (const file of filesOf(await openTree(etc))) {
    const { origin } = file;
    if (origin.kind === 'spec' && origin.conf === 'inputs')
      schemes.push({ origin, schemes: schemesOf(decodeText(await file.read())) });
    if (origin.kind !== 'conf' && origin.kind !== 'meta') continue;
    found++;
    if (origin.kind === 'meta' || origin.conf === conf || origin.conf === 'app') files.push(await parsed(file));
    // An app counts though it says nothing of this conf.
    else files.push({ origin, stanzas: [] });
  }
  if (found === 0) throw nothingIn(etc);
  return { files, schemes };
}

async function parsed(file: FoundFile): Promise<EtcFile> {
  const { origin } = file;
  const kind = origin.kind === 'meta' ? 'meta' : 'conf';
  return { origin, stanzas: parseConfBytes(await file.read(), { kind, conf: origin.conf }).stanzas };
}

function chooseInstance({ etc, instance }: BtoolCommand, files: readonly EtcFile[]): string {
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

/** A peer of a cluster also has what its manager gave it. */
function contextOf({ app, user }: BtoolCommand, files: readonly EtcFile[]): Context {
  if (app !== null) return { kind: 'app', app, user };
  return { kind: files.some(({ origin }) => origin.scope === 'peer') ? 'peer' : 'global' };
}
