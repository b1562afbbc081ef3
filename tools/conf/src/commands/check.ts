import { type Diagnostic, type EtcFile, findInTree, type Origin, type Severity } from '@confscope/conf-parser';
import { codeFrame } from '../code-frame.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { findFiles, type StandardInput } from '../find-files.ts';
import { type FoundFile, isConfiguration } from '../found-file.ts';
import type { Output } from '../output.ts';
import { type ReadConf, readConf } from '../read-conf.ts';
import { visibleText } from '../visible-text.ts';

export interface CheckCommand {
  paths: string[];
  json: boolean;
  /** The least that counts. */
  severity: Severity;
}

const RANK: Record<Severity, number> = { error: 2, warning: 1, info: 0 };
const COLOUR = { error: 'red', warning: 'yellow', info: 'blue' } as const;

/** What was found in a file, and how it is shown. */
interface CheckedFile {
  path: string;
  diagnostics: Diagnostic[];
  maskedLines: readonly string[];
}

/** Says what is wrong with the files, where, and what to do. */
export async function checkCommand(
  command: CheckCommand,
  stdin: StandardInput,
  output: Output,
  notes: Output,
): Promise<ExitCode> {
  const total: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  let files = 0;
  const report = async (file: CheckedFile): Promise<void> => {
    const diagnostics = file.diagnostics.filter(({ severity }) => RANK[severity] >= RANK[command.severity]);
    for (const { severity } of diagnostics) total[severity]++;
    if (command.json) await output.line(JSON.stringify({ path: file.path, diagnostics }));
    else for (const diagnostic of diagnostics) await show(file, diagnostic, output);
  };
  const trees = new Map<string, TreeCheck>();
  for await (const found of findFiles(command.paths, stdin, notes)) {
    if (output.isClosed) break;
    const tree = found.tree === null ? null : (trees.get(found.tree) ?? new TreeCheck());
    if (tree && found.tree !== null) trees.set(found.tree, tree);
    if (!isConfiguration(found.origin)) tree?.addIgnored(found);
    else {
      files++;
      const file = await readConf(found);
      if (tree) tree.add(file);
      else await report(file);
    }
  }
  for (const tree of trees.values()) for (const file of tree.files()) await report(file);
  const sum = total.error + total.warning + total.info;
  if (!command.json) await output.line(summary(total, sum, files));
  return sum > 0 ? EXIT.findings : EXIT.clean;
}

/** The files of one folder or archive: what is wrong with them together is known when all are read. */
class TreeCheck {
  readonly #files = new Map<Origin, CheckedFile>();
  readonly #parsed: EtcFile[] = [];

  add({ path, origin, diagnostics, maskedLines, stanzas }: ReadConf): void {
    this.#files.set(origin, { path, diagnostics, maskedLines });
    this.#parsed.push({ origin, stanzas });
  }

  /** A file that Splunk does not read where it lies is not read here either. */
  addIgnored({ path, origin }: FoundFile): void {
    this.#files.set(origin, { path, diagnostics: [], maskedLines: [] });
    this.#parsed.push({ origin, stanzas: [] });
  }

  /** Each file with all that was found, in the order of lines. Ignored ones without a finding are left out. */
  files(): CheckedFile[] {
    for (const { origin, diagnostic } of findInTree(this.#parsed))
      this.#files.get(origin)?.diagnostics.push(diagnostic);
    return [...this.#files]
      .filter(([origin, file]) => origin.kind !== 'ignored' || file.diagnostics.length > 0)
      .map(([, file]) => ({ ...file, diagnostics: file.diagnostics.toSorted((a, b) => a.line - b.line) }));
  }
}

async function show({ path, maskedLines }: CheckedFile, found: Diagnostic, output: Output): Promise<void> {
  const { code, severity, line, column, message, remedy } = found;
  const place = output.paint('bold', `${visibleText(path)}:${line}:${column}`);
  const level = output.paint(COLOUR[severity], severity);
  const frame = maskedLines.length === 0 ? '' : `${codeFrame(maskedLines, line, column, output)}\n`;
  await output.line(`${place}  ${level}  ${code}\n${message}\n${frame}→ ${remedy}\n`);
}

function summary(total: Record<Severity, number>, sum: number, files: number): string {
  const inFiles = `in ${files} ${files === 1 ? 'file' : 'files'}`;
  if (sum === 0) return `Nothing found ${inFiles}.`;
  const counts = [
    [total.error, 'error'],
    [total.warning, 'warning'],
    [total.info, 'note'],
  ] as const;
  const parts = counts
    .filter(([count]) => count > 0)
    .map(([count, noun]) => `${count} ${noun}${count === 1 ? '' : 's'}`);
  return `${parts.join(', ')} ${inFiles}.`;
}
