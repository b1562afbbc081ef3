import { appendFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { styleText } from 'node:util';
import { type ServiceVoice } from './supervised-service.ts';

const COLOURS = ['cyan', 'magenta', 'green', 'yellow', 'blue'] as const;
const MAX_LOG_BYTES = 50 * 1024 * 1024;

/**
 * Gives every service a voice: its lines on the terminal behind its name in a colour of its own, and in a file of its own.
 * `print` writes one line.
 */
export function consoleVoices(names: string[], logs: string, print: (line: string) => void): Map<string, ServiceVoice> {
  const width = Math.max(...names.map((name) => name.length));
  const voices = names.map((name, index): [string, ServiceVoice] => {
    const prefix = styleText(COLOURS[index % COLOURS.length] ?? 'white', name.padEnd(width));
    const file = path.join(logs, `${name}.log`);
    rmSync(file, { force: true });
    const say = (text: string, shown = text): void => {
      print(`${prefix}  ${shown}`);
      keep(file, text);
    };
    return [name, { line: (text) => say(text), note: (text) => say(text, styleText('bold', text)) }];
  });
  return new Map(voices);
}

function keep(file: string, line: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_LOG_BYTES) renameSync(file, `${file}.old`);
  appendFileSync(file, `${line}\n`, { mode: 0o600 });
}
