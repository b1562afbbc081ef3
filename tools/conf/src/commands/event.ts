import { givenSourcetype, matchEvent, printEvent, rankMatches, type SplunkEvent } from '@confscope/conf-parser';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { type EtcQuestion, mergeConf } from '../merge-conf.ts';
import type { Output } from '../output.ts';
import { visibleText } from '../visible-text.ts';

export interface EventCommand extends EtcQuestion {
  event: SplunkEvent;
  debug: boolean;
}

/** Lists what holds of props.conf for one event, stanza by stanza, those first that win. */
export async function eventCommand(command: EventCommand, output: Output, notes: Output): Promise<ExitCode> {
  const { event, debug } = command;
  const effective = await mergeConf(command, notes);
  const { matches, unread } = matchEvent(effective, event);
  const given = event.sourcetype === null ? givenSourcetype(rankMatches(matches)) : null;
  if (given) {
    await notes.line(
      `conf: the event has the sourcetype ${visibleText(given.sourcetype)}, as [${visibleText(given.stanza)}] says.`,
    );
    const ofSourcetype = matchEvent(effective, { source: null, host: null, sourcetype: given.sourcetype });
    matches.push(...ofSourcetype.matches);
    unread.push(...ofSourcetype.unread);
  }
  for (const { stanza, why } of unread) await notes.line(`conf: [${visibleText(stanza)}] is left out: ${why}.`);
  await output.write(printEvent(effective, rankMatches(matches), { debug }));
  return EXIT.clean;
}
