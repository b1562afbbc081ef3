import { printEvent, type SplunkEvent } from '@confscope/conf-parser';
import { resolveEvent, TooManyStanzas, TooSlow } from '@confscope/event-matching';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { type EtcQuestion, mergeConf } from '../merge-conf.ts';
import { Misuse } from '../misuse.ts';
import type { Output } from '../output.ts';
import { visibleText } from '../visible-text.ts';

export interface EventCommand extends EtcQuestion {
  event: SplunkEvent;
  debug: boolean;
}

/** Lists what holds of props.conf for one event, stanza by stanza, those first that win. */
export async function eventCommand(command: EventCommand, output: Output, notes: Output): Promise<ExitCode> {
  const { debug } = command;
  const { effective, atIndexTime } = await mergeConf(command, notes);
  const { event, given, renamed, ranked, unread } = await resolveEvent({
    event: command.event,
    effective,
    atIndexTime,
  }).catch(asMisuse);
  const note = (text: string) => notes.line(`conf: ${text}`);
  const name = (text: string) => `[${visibleText(text)}]`;
  if (given)
    await note(`the event has the sourcetype ${visibleText(given.sourcetype)}, as ${name(given.stanza)} says.`);
  if (renamed)
    await note(`its sourcetype is renamed to ${visibleText(event.sourcetype ?? '')} by ${name(renamed.stanza)}.`);
  for (const { stanza, why } of unread) await note(`${name(stanza)} is left out: ${why}.`);
  await output.write(printEvent(effective, ranked, { debug }));
  return EXIT.clean;
}

function asMisuse(error: unknown): never {
  if (error instanceof TooSlow || error instanceof TooManyStanzas) throw new Misuse(error.message);
  throw error;
}
