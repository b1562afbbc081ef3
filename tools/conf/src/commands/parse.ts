import { findFiles, type StandardInput } from '../find-files.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { isConfiguration } from '../found-file.ts';
import type { Output } from '../output.ts';
import { type ReadConf, readConf } from '../read-conf.ts';
import { stanzasAsJson } from '../stanza-json.ts';
import { visibleText } from '../visible-text.ts';

export interface ParseCommand {
  paths: string[];
  json: boolean;
  showSecrets: boolean;
}

interface ShownStanza {
  name: string;
  line: number;
  header_lines: number[];
  settings: { key: string; value: string; line: number }[];
}

/** Shows what is configured, stanza by stanza. */
export async function parseCommand(
  command: ParseCommand,
  stdin: StandardInput,
  output: Output,
  notes: Output,
): Promise<ExitCode> {
  let findings = 0;
  for await (const found of findFiles(command.paths, stdin, notes)) {
    if (output.isClosed) break;
    if (!isConfiguration(found.origin)) continue;
    const file = await readConf(found);
    findings += file.diagnostics.length;
    const stanzas = stanzasAsJson(file, command.showSecrets);
    if (command.json) await output.line(JSON.stringify({ path: file.path, stanzas, diagnostics: file.diagnostics }));
    else await show(file, stanzas as ShownStanza[], output);
  }
  return findings > 0 ? EXIT.findings : EXIT.clean;
}

async function show({ path, diagnostics }: ReadConf, stanzas: ShownStanza[], output: Output): Promise<void> {
  const settings = stanzas.reduce((sum, stanza) => sum + stanza.settings.length, 0);
  const counts = [count(stanzas.length, 'stanza'), count(settings, 'setting')];
  if (diagnostics.length > 0) counts.push(count(diagnostics.length, 'finding'));
  let lastLine = 0;
  for (const stanza of stanzas) for (const { line } of stanza.settings) lastLine = Math.max(lastLine, line);
  const width = String(lastLine).length;
  const gutter = (line: number | null) => output.paint('dim', `${String(line ?? '').padStart(width)}  `);
  const lines = [`${output.paint('bold', visibleText(path))}  ${output.paint('dim', counts.join(', '))}`];
  for (const stanza of stanzas) {
    const header = stanza.header_lines[0] ?? null;
    lines.push(`${gutter(header)}${output.paint('cyan', `[${visibleText(stanza.name)}]`)}`);
    for (const { key, value, line } of stanza.settings) {
      const [first = '', ...rest] = value.split('\n').map(visibleText);
      lines.push(`${gutter(line)}  ${visibleText(key)} = ${first}`, ...rest.map((more) => `${gutter(null)}  ${more}`));
    }
  }
  await output.line(`${lines.join('\n')}\n`);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
