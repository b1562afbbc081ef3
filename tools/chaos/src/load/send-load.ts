import { type Archive, buildArchive } from './archives.ts';
import type { LoadPlan, PlannedUpload } from './load-plan.ts';
import type { Accepted, Sender } from './sender.ts';

/** How many clients send at once. */
const CLIENTS = 4;

/** The archives of a plan, each made when it is first asked for. */
export class ArchiveShelf {
  readonly #plan: LoadPlan;
  readonly #sizeFactor: number;
  readonly #made = new Map<number, Promise<Archive>>();

  constructor(plan: LoadPlan, sizeFactor: number) {
    this.#plan = plan;
    this.#sizeFactor = sizeFactor;
  }

  get(index: number): Promise<Archive> {
    const made = this.#made.get(index);
    if (made) return made;
    const spec = this.#plan.archives[index];
    if (!spec) throw new Error(`There is no archive ${index}.`);
    const archive = buildArchive(spec, this.#sizeFactor);
    this.#made.set(index, archive);
    return archive;
  }
}

/**
 * Sends all uploads, a few at a time, each when `release` lets it go.
 *
 * @returns what was accepted, in no order
 */
export async function sendLoad(
  uploads: readonly PlannedUpload[],
  shelf: ArchiveShelf,
  sender: Sender,
  release: (n: number) => Promise<void>,
): Promise<Accepted[]> {
  const accepted: Accepted[] = [];
  const waiting = [...uploads];
  const client = async () => {
    for (let upload = waiting.shift(); upload; upload = waiting.shift()) {
      await release(upload.n);
      accepted.push(await sender.send(upload, await shelf.get(upload.archive)));
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return accepted;
}
