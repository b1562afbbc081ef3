import type { Diagnostic, Severity } from '@confscope/conf-parser';
import { codeFrame } from '../code-frame.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { findFiles, type StandardInput } from '../find-files.ts';
import { isConfiguration } from '../found-file.ts';
import type { Output } from '../output.ts';
import { type ReadConf, readConf } from '../read-conf.ts';

export interface CheckCommand {
  paths: string[];
  json: boolean;
  /** The least that counts. */
  severity: Severity;
}

const RANK: Record<Severity, number> = { error: 2, warning: 1, info: 0 };
const COLOUR = { error: 'red', warning: 'yellow', info: 'blue' } as const;

/** Says what is wrong with the files, where, and what to do. */
export async function checkCommand(command: CheckCommand, stdin: StandardInput, output: Output): Promise<ExitCode> {
  const total: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  let files = 0;
  for await (const found of findFiles(command.paths, stdin)) {
    if (output.isClosed) break;
    if (!isConfiguration(found)) continue;
    files++;
    const file = await readConf(found);
    const diagnostics = file.diagnostics.filter(({ severity }) => RANK[severity] >= RANK[command.severity]);
    for (const { severity } of diagnostics) total[severity]++;
    if (command.json) await output.line(JSON.stringify({ path: file.path, diagnostics }));
    else for (const diagnostic of diagnostics) await show(file, diagnostic, output);
  }
  const sum = total.error + total.warning + total.info;
  if (!command.json) await output.line(summary(total, sum, files));
  return sum > 0 ? EXIT.findings : EXIT.clean;
}

async function show({ path, maskedLines }: ReadConf, found: Diagnostic, output: Output): Promise<void> {
  const { code, severity, line, column, message, remedy } = found;
  const place = output.paint('bold', `${path}:${line}:${column}`);
  const level = output.paint(COLOUR[severity], severity);
  const frame = codeFrame(maskedLines, line, column, output);
  await output.line(`${place}  ${level}  ${code}\n${message}\n${frame}\n→ ${remedy}\n`);
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
