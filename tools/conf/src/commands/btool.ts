import { printBtool } from '@confscope/conf-parser';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { type EtcQuestion, mergeConf } from '../merge-conf.ts';
import type { Output } from '../output.ts';

export interface BtoolCommand extends EtcQuestion {
  prefix: string;
  debug: boolean;
}

/** Lists what holds of a conf, as `splunk btool CONF list` does on the machine that the files come from. */
export async function btoolCommand(command: BtoolCommand, output: Output, notes: Output): Promise<ExitCode> {
  const { prefix, debug } = command;
  const { effective } = await mergeConf(command, notes);
  await output.write(printBtool(effective, { prefix, debug }));
  return EXIT.clean;
}
