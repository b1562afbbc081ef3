import { type ArchiveReport, SKIP_REASONS } from '@confscope/archive';
import { type Fault, permanentFault, type RunProgress } from '@confscope/domain';
import type { FileSums, KnownFile, KnownTree, ManifestLine, PublishedMetrics } from '@confscope/persistence';

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

  addIgnored(line: ManifestLine): void {
    this.#counts.files_ignored++;
    this.manifest.push(line);
  }

  /** Enters a file under its path; `reused` says that its content was known. */
  addFile(line: ManifestLine, file: KnownFile, reused: boolean): void {
    const kind = line.kind === 'meta' ? 'meta' : 'conf';
    this.#counts.files_parsed++;
    if (reused) this.#counts.files_reused++;
    this.#addSums(kind, { files: 1, stanzas: file.stanzaCount, settings: file.settingCount });
    this.#addFindings(file);
    line.fileId = file.id;
    line.stanzaCount = file.stanzaCount;
    line.reused = reused;
    this.manifest.push(line);
  }

  /** Enters all lines of a tree that is stored already: none of its files has to be looked at. */
  addTree(lines: readonly ManifestLine[], tree: KnownTree): void {
    this.#counts.files_parsed += tree.conf.files + tree.meta.files;
    for (const line of lines) if (line.reused) this.#counts.files_reused++;
    this.#counts.files_ignored += tree.ignored;
    this.#addSums('conf', tree.conf);
    this.#addSums('meta', tree.meta);
    this.#addFindings(tree);
    for (const line of lines) {
      line.tree = tree;
      this.manifest.push(line);
    }
  }

  #addSums(kind: 'conf' | 'meta', { files, stanzas, settings }: FileSums): void {
    this.#counts.stanzas_created += stanzas;
    this.#counts[`${kind}_files`] += files;
    this.#counts[`${kind}_stanzas`] += stanzas;
    this.#counts[`${kind}_settings`] += settings;
  }

  #addFindings(found: { errorCount: number; warningCount: number; infoCount: number }): void {
    this.#diagnostics.error += found.errorCount;
    this.#diagnostics.warning += found.warningCount;
    this.#diagnostics.info += found.infoCount;
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
  nothingFound({ entries, skipped, skippedCount }: ArchiveReport): Fault | null {
    if (this.#counts.files_parsed > 0) return null;
    const shown = this.#seenPaths.join(', ');
    const more = entries > this.#seenPaths.length ? ', …' : '';
    const held = `the archive holds ${entries === 1 ? '1 entry' : `${entries} entries`}`;
    const found = entries === 0 ? 'the archive is empty' : shown === '' ? held : `${held}: ${shown}${more}`;
    const [first] = skipped;
    const leftOut = first
      ? `; ${skippedCount} could not be taken in: '${first.path}' ${SKIP_REASONS[first.reason]}`
      : '';
    const ignored =
      this.#counts.files_ignored === 0
        ? ''
        : `; Splunk does not read the ${this.#counts.files_ignored} .conf or .meta files where they lie`;
    return permanentFault(
      'no-configuration',
      `no configuration files found; ${found}${leftOut}${ignored}. Configuration is read from default, local and metadata folders.`,
    );
  }
}
