import { basename, join } from 'node:path';
import { changed, madeEtc } from './corpus/made-etc.ts';
import { packEtc } from './corpus/pack-etc.ts';
import type { BenchOptions } from './options.ts';

/** An archive to measure with. */
export interface BenchInput {
  /** Names its figures: the number of apps, or the file of the user's own archive. */
  name: string;
  archive: string;
  /**
   * Packs the same files once more, which gives other bytes for each number, and says where; null for an archive of the
   * user's own.
   */
  packAnew: ((packing: number) => Promise<string>) | null;
  /** The same with one configuration file in a hundred edited; null for an archive of the user's own. */
  changed: string | null;
  /** Another one of the same size that shares nothing with it; null for an archive of the user's own. */
  different: string | null;
  rounds: number;
  /** How many other runs are stored beside the one that is read. */
  otherRuns: number;
}

const ONE_PERCENT = 100;

/** Makes the archives that the options ask for, in `folder`. */
export async function benchInputs(options: BenchOptions, folder: string): Promise<BenchInput[]> {
  const { archive, otherRuns } = options;
  if (archive !== null) {
    const rounds = options.rounds ?? 5;
    return [{ name: basename(archive), archive, packAnew: null, changed: null, different: null, rounds, otherRuns }];
  }
  const inputs: BenchInput[] = [];
  for (const apps of options.apps) {
    const made = join(folder, `etc-${apps}-apps.tar.gz`);
    const edited = join(folder, `etc-${apps}-apps-changed.tar.gz`);
    await packEtc(madeEtc(apps), made);
    const different = join(folder, `etc-${apps}-other-apps.tar.gz`);
    await packEtc(changed(madeEtc(apps), ONE_PERCENT), edited);
    await packEtc(madeEtc(apps, 2), different);
    inputs.push({
      name: `${apps} apps`,
      archive: made,
      packAnew: async (packing) => {
        const anew = join(folder, `etc-${apps}-apps-anew-${packing}.tar.gz`);
        await packEtc(madeEtc(apps), anew, new Date(packing * 1000));
        return anew;
      },
      changed: edited,
      different,
      otherRuns,
      rounds: options.rounds ?? (apps > 1000 ? 3 : 7),
    });
  }
  return inputs;
}
