import { EXIT, type ExitCode } from '../exit-code.ts';
import { findFiles, type StandardInput } from '../find-files.ts';
import { isConfiguration } from '../found-file.ts';
import type { Output } from '../output.ts';
import { readConf } from '../read-conf.ts';

export interface MaskCommand {
  paths: string[];
  json: boolean;
}

/** Shows the text of files without the secrets in it. Several files have a line with their names above each. */
export async function maskCommand(
  { paths, json }: MaskCommand,
  stdin: StandardInput,
  output: Output,
  notes: Output,
): Promise<ExitCode> {
  // Known only when a second file comes.
  let first: { path: string; text: string } | null = null;
  let files = 0;
  const show = (path: string, text: string) =>
    output.write(`${output.paint('bold', `==> ${path} <==`)}\n${text}${text.endsWith('\n') ? '' : '\n'}\n`);
  for await (const found of findFiles(paths, stdin, notes)) {
    if (output.isClosed) break;
    if (!isConfiguration(found.origin)) continue;
    const { path, secrets, maskedLines } = await readConf(found);
    const text = maskedLines.join('\n');
    files++;
    if (json) {
      const places = secrets.map(({ isClear, ...secret }) => ({ ...secret, is_clear: isClear }));
      await output.line(JSON.stringify({ path, text, secrets: places }));
    } else if (files === 1) first = { path, text };
    else {
      if (first) await show(first.path, first.text);
      first = null;
      await show(path, text);
    }
  }
  if (first) await output.write(first.text);
  return EXIT.clean;
}
