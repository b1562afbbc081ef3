import {
  InstanceTargets,
  mattersToShape,
  mayCount,
  type Origin,
  parseConfBytes,
  schemesOf,
  ShapeGuess,
  type UploadShape,
} from '@confscope/conf-parser';
import type { EntryHead } from '@confscope/archive';
import type { StoredLayout } from '@confscope/persistence';
import { Turns } from './turns.ts';

/** Specs and lists are written by people and short; what is longer is something else. */
const MAX_TEXT_BYTES = 4 * 1024 * 1024;
/** The list of what a diag left out, in its folder. */
const DIAG_LIST = '/excluded_filelist.txt';
/** Lines of it that are kept: they tell a reader what is missing, and need not be complete for that. */
const MAX_LEFT_OUT = 1000;

/**
 * What is learnt of the shape of an upload while its archive streams by. Whose a file is depends on all paths, so at first
 * it is guessed; when the archive has ended, the survey knows whether every guess was right. If not, the archive is read
 * once more with a survey that knows the shape: its files are stored by content already, so that costs little.
 */
export class UploadSurvey {
  readonly #archiveName: string;
  readonly #settled: UploadShape | null;
  readonly #guess: ShapeGuess;
  /** The paths that matter, no two alike, and what was said of each. */
  readonly #paths: string[] = [];
  readonly #said: (Verdict | null)[] = [];
  readonly #verdicts = new Verdicts();
  readonly #schemes = new Map<string, readonly string[]>();
  readonly #packageIds = new Map<string, string>();
  /** What diags left out, by their folders. */
  readonly #leftOut = new Map<string, readonly string[]>();
  /** What a shape that agrees says of all paths; null before it was asked for them. */
  #targets: InstanceTargets | null = null;

  /** @param settled the shape, where it is known from an earlier look at the same archive */
  constructor(archiveName: string, settled: UploadShape | null = null) {
    this.#archiveName = archiveName;
    this.#settled = settled;
    this.#guess = new ShapeGuess(archiveName);
  }

  /** Takes what files say that are no configuration themselves: specs of inputs, and the lists of diags. */
  readAside(path: string, content: Buffer): void {
    if (path.endsWith(DIAG_LIST)) {
      const lines = content.toString('utf8').split('\n').map(visible);
      this.#leftOut.set(
        path.slice(0, 1 - DIAG_LIST.length),
        lines.filter((line) => line !== '').slice(0, MAX_LEFT_OUT),
      );
    } else {
      const schemes = schemesOf(content.toString('utf8'));
      if (schemes.length > 0) this.#schemes.set(path, schemes);
    }
  }

  /** Takes the path of the next entry; where that comes from, as far as it is known, or null when it is neither conf nor meta. */
  meet(path: string): Origin | null {
    if (!mattersToShape(path)) return null;
    const origin = (this.#settled ?? this.#guess).originOf(path);
    const counted = origin?.kind === 'spec' ? null : origin;
    this.#paths.push(path);
    this.#said.push(this.#verdicts.of(counted));
    return counted;
  }

  /** Looks into an `app.conf`: the `[package] id` names an app that comes without its folder. */
  lookInto({ path, conf }: Origin, content: Buffer): void {
    if (conf !== 'app') return;
    const stanza = parseConfBytes(content).stanzas.find(({ name }) => name === 'package');
    const id = stanza?.settings.find(({ key }) => key === 'id')?.value;
    if (id !== undefined) this.#packageIds.set(path, id);
  }

  /** The shape, now that all paths are known. */
  settle(): UploadShape {
    const hints = { archiveName: this.#archiveName, packageIds: this.#packageIds };
    return this.#settled ?? this.#guess.shapeOf(this.#paths, hints);
  }

  /** Whether everything that was said of a file is true of it in this shape. */
  async agreesWith(shape: UploadShape): Promise<boolean> {
    const turns = new Turns();
    const targets = new InstanceTargets();
    for (const [i, path] of this.#paths.entries()) {
      if (turns.isOver) await turns.next();
      const origin = shape.originOf(path);
      targets.add(origin);
      if (this.#said[i] !== this.#verdicts.of(origin?.kind === 'spec' ? null : origin)) return false;
    }
    this.#targets = targets;
    return true;
  }

  /** What a reader of the run has to know of its upload beyond the files. */
  layoutOf(shape: UploadShape): StoredLayout {
    const schemes = [...this.#schemes].flatMap(([path, names]) => {
      const origin = shape.originOf(path);
      if (origin?.kind !== 'spec') return [];
      const { instance, app, scope } = origin;
      return [{ path, instance, app, scope, names }];
    });
    schemes.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
    const instances = shape.instances(this.#targets ?? undefined).map((instance) => {
      const leftOut = instance.kind === 'diag' ? this.#leftOut.get(instance.root.replace(/[^/]*$/, '')) : undefined;
      return leftOut ? { ...instance, leftOut } : instance;
    });
    return { instances, schemes };
  }
}

/** Control characters show nothing, and PostgreSQL takes no NUL. */
const visible = (line: string): string => line.replace(/[\u0000-\u001f\u007f]/g, ' ').trim();

/** Whether a file is one for {@link UploadSurvey.readAside}. What is no configuration itself must not fail a run by its size. */
export function isReadAside({ path, bytes }: EntryHead): boolean {
  const isAside = path.endsWith(DIAG_LIST) || (path.endsWith('.conf.spec') && mayCount(path));
  return isAside && bytes !== null && bytes <= MAX_TEXT_BYTES;
}

/** All that a manifest says of a file beside its path. */
type Verdict = Pick<Origin, 'kind' | 'app' | 'scope' | 'layer' | 'user' | 'ignoredReason'>;

/** The verdicts of an archive: it may have a million paths, which share a few of them. */
class Verdicts {
  /** By app and user, whose names hold no slash: of each there are but a few. */
  readonly #ofOwners = new Map<string | null, Verdict[]>();
  #last: Verdict | null = null;

  /** One object for equal verdicts; null for what is no configuration. */
  of(origin: Origin | null): Verdict | null {
    if (origin === null) return null;
    if (this.#last === null || !saysTheSame(origin, this.#last)) this.#last = this.#shared(origin);
    return this.#last;
  }

  #shared({ kind, app, scope, layer, user, ignoredReason }: Origin): Verdict {
    const verdict = { kind, app, scope, layer, user, ignoredReason };
    const owner = user === null ? app : `${user}/${app}`;
    const known = this.#ofOwners.get(owner);
    if (!known) this.#ofOwners.set(owner, [verdict]);
    const same = known?.find((other) => saysTheSame(verdict, other));
    if (!same) known?.push(verdict);
    return same ?? verdict;
  }
}

function saysTheSame(a: Verdict, b: Verdict): boolean {
  return (
    a.kind === b.kind &&
    a.app === b.app &&
    a.scope === b.scope &&
    a.layer === b.layer &&
    a.user === b.user &&
    a.ignoredReason === b.ignoredReason
  );
}
