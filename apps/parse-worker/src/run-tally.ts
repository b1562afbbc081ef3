import type { Origin } from '@confscope/conf-parser';
import { type Fault, permanentFault, type RunProgress } from '@confscope/domain';
import type { KnownFile, ManifestLine, PublishedMetrics } from '@confscope/persistence';

/** How many paths an error about an archive without configuration names. */
const SHOWN_PATHS = 5;

/** What a run has found so far: its manifest and its counts. */
export class RunTally {
  readonly manifest: ManifestLine[] = [];
  readonly #counts = {
    files_parsed: 0,
    files_reused: 0,
    stanzas_created: 0,
    conf_files: 0,
    conf_stanzas: 0,
    conf_settings: 0,
    meta_files: 0,
    meta_stanzas: 0,
    meta_settings: 0,
    files_ignored: 0,
  };
  readonly #diagnostics = { error: 0, warning: 0, info: 0 };
  readonly #seenPaths: string[] = [];

  /** Remembers what an archive holds, for the error that says that none of it is configuration. */
  see(path: string): void {
    if (this.#seenPaths.length < SHOWN_PATHS) this.#seenPaths.push(path);
  }

  addIgnored(origin: Origin, bytes: number | null): void {
    this.#counts.files_ignored++;
    this.manifest.push({
      ...lineOf(origin),
      kind: 'ignored',
      fileId: null,
      bytes,
      sha256: null,
      stanzaCount: 0,
      reused: false,
    });
  }

  addFile(origin: Origin, content: { sha256: string; bytes: number }, file: KnownFile, reused: boolean): void {
    const kind = origin.kind === 'meta' ? 'meta' : 'conf';
    this.#counts.files_parsed++;
    if (reused) this.#counts.files_reused++;
    this.#counts.stanzas_created += file.stanzaCount;
    this.#counts[`${kind}_files`]++;
    this.#counts[`${kind}_stanzas`] += file.stanzaCount;
    this.#counts[`${kind}_settings`] += file.settingCount;
    this.#diagnostics.error += file.errorCount;
    this.#diagnostics.warning += file.warningCount;
    this.#diagnostics.info += file.infoCount;
    const { stanzaCount, id } = file;
    this.manifest.push({ ...lineOf(origin), ...content, kind, fileId: id, stanzaCount, reused });
  }

  progress(bytesDone: number): RunProgress {
    return { bytes_done: bytesDone, files: this.#counts.files_parsed, stanzas: this.#counts.stanzas_created };
  }

  metrics(entries: number, archiveBytes: number): PublishedMetrics {
    return {
      ...this.#counts,
      error_type: null,
      entries,
      archive_bytes: archiveBytes,
      diagnostics: { ...this.#diagnostics },
    };
  }

  /** The fault of an archive in which there is nothing to parse, or null. */
  nothingFound(entries: number): Fault | null {
    if (this.#counts.files_parsed > 0) return null;
    const shown = this.#seenPaths.join(', ');
    const more = entries > this.#seenPaths.length ? ', …' : '';
    const found = entries === 0 ? 'the archive is empty' : `the archive holds ${entries} entries: ${shown}${more}`;
    const ignored =
      this.#counts.files_ignored === 0
        ? ''
        : `; Splunk does not read the ${this.#counts.files_ignored} .conf or .meta files where they lie`;
    return permanentFault(
      'no-configuration',
      `no configuration files found; ${found}${ignored}. Configuration is read from default, local and metadata folders.`,
    );
  }
}

function lineOf({ path, conf, app, scope, layer, user, ignoredReason }: Origin) {
  return { path, conf, app, scope, layer, owner: user, ignoredReason };
}
