import type { Context, EtcTree } from '@confscope/conf-parser';
import type { Answer } from './found-settings.ts';
import type { TreeSetting } from './tree-stanza.ts';

/** A conf with all of its names and keys, merged for one who asks. */
export interface MergedConf {
  tree: EtcTree<TreeSetting>;
  context: Context;
  answers: readonly Answer[];
}

/** What a stanza, and a file, take in memory besides their texts; rather too much than too little. */
const STANZA_BYTES = 800;
const FILE_BYTES = 1_000;

/**
 * The confs that were merged last, for the next page and the next filter. What is merged of a complete run stays right for
 * ever, so nothing is ever taken back; the oldest go when there is no room.
 */
export class MergedConfs {
  /** The one that was used last is the last one. */
  readonly #kept = new Map<string, { conf: Promise<MergedConf>; bytes: number }>();
  #bytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** The conf of this key when it is there or on its way. */
  peek(key: string): Promise<MergedConf> | null {
    const known = this.#kept.get(key);
    if (!known) return null;
    this.#kept.delete(key);
    this.#kept.set(key, known);
    return known.conf;
  }

  /** The conf of this key, merged once for all who ask at the same time. One that fails is not kept. */
  async take(key: string, merge: () => Promise<MergedConf>): Promise<MergedConf> {
    const known = this.peek(key);
    if (known) return known;
    const entry = { conf: merge(), bytes: 0 };
    this.#kept.set(key, entry);
    try {
      const conf = await entry.conf;
      const bytes = bytesOf(conf);
      if (bytes > this.maxBytes) {
        this.#kept.delete(key);
        return conf;
      }
      entry.bytes = bytes;
      this.#bytes += bytes;
      this.#makeRoom();
      return conf;
    } catch (error) {
      this.#kept.delete(key);
      throw error;
    }
  }

  #makeRoom(): void {
    for (const [key, { bytes }] of this.#kept) {
      if (this.#bytes <= this.maxBytes) return;
      // One that is on its way has no size yet.
      if (bytes === 0) continue;
      this.#kept.delete(key);
      this.#bytes -= bytes;
    }
  }
}

function bytesOf({ answers }: MergedConf): number {
  let bytes = 0;
  for (const { effective } of answers) {
    bytes += effective.layers.length * FILE_BYTES;
    for (const { name, headers } of effective.stanzas) {
      bytes += 2 * name.length + STANZA_BYTES;
      for (const { stanza } of headers) bytes += STANZA_BYTES + 40 * (stanza.keyCount ?? 0);
    }
  }
  return bytes;
}
