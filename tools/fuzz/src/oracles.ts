import { isDeepStrictEqual } from 'node:util';
import {
  decodeText,
  DIAGNOSTICS,
  effectiveConf,
  type EtcFile,
  EtcTree,
  linesOf,
  maskConf,
  parseConf,
  parseConfBytes,
  type ParsedConf,
  printBtool,
  printConf,
  UploadShape,
} from '@confscope/conf-parser';
import { readPlainly } from './reference-reader.ts';

/** Something that must hold for every input; a sentence about what does not hold, or null. */
type Oracle = (input: Uint8Array, parsed: ParsedConf, text: string) => string | null;

const bare = ({ stanzas }: Pick<ParsedConf, 'stanzas'>) =>
  stanzas.map(({ name, headerLines, settings }) => ({
    name,
    headerLines,
    settings: settings.map(({ key, value, line, endLine }) => ({ key, value, line, endLine })),
  }));

const ORACLES: readonly Oracle[] = [
  function agreesWithTheReference(_input, parsed, text) {
    return isDeepStrictEqual(bare(parsed), readPlainly(text)) ? null : 'the parser and the reference reader disagree';
  },
  function staysInsideTheFile(_input, { stanzas, diagnostics }, text) {
    const lines = text.split('\n').length;
    for (const { code, line, column, message, remedy } of diagnostics) {
      if (!Object.hasOwn(DIAGNOSTICS, code) || message === '' || remedy === '')
        return `the finding ${code} is not whole`;
      if (line < 1 || line > lines) return `${code} is on line ${line} of ${lines}`;
      if (column < 1 || column > linesOf(text, line, line).length + 1)
        return `${code} is in column ${column} of line ${line}`;
    }
    for (const { line, commentLine, settings } of stanzas) {
      if (commentLine < 1 || commentLine > line) return `comments of line ${line} begin on line ${commentLine}`;
      for (const setting of settings)
        if (setting.line < 1 || setting.endLine < setting.line || setting.endLine > lines)
          return `a setting is on the lines ${setting.line} to ${setting.endLine} of ${lines}`;
    }
    return null;
  },
  function readsTextLikeBytes(_input, parsed, text) {
    return isDeepStrictEqual(bare(parseConf(`\ufeff${text}`)), bare(parsed)) ? null : 'text and bytes read differently';
  },
  function printsWhatItReads(_input, { stanzas }) {
    const printed = printConf(stanzas);
    if (printed === null) return null;
    const names = (parsed: Pick<ParsedConf, 'stanzas'>) =>
      parsed.stanzas.map(({ name, settings }) => [name, settings.map(({ key, value }) => [key, value])]);
    return isDeepStrictEqual(names(parseConf(printed)), names({ stanzas }))
      ? null
      : 'the printed file reads differently';
  },
  function masksOnceAndForAll(_input, _parsed, text) {
    const { text: masked } = maskConf(text, { conf: 'inputs' });
    if (masked.split('\n').length !== text.split('\n').length) return 'masking changes the number of lines';
    return maskConf(masked, { conf: 'inputs' }).text === masked ? null : 'masking twice changes what is masked';
  },
  function mergesInAnyOrder(_input, { stanzas }) {
    const paths = ['etc/system/default/inputs.conf', 'etc/apps/b/local/inputs.conf', 'etc/apps/a/default/inputs.conf'];
    const shape = UploadShape.of(paths);
    const files = paths.flatMap((path, at): EtcFile[] => {
      const origin = shape.originOf(path);
      // Each file has another part of the stanzas, so that they overlap.
      return origin ? [{ origin, stanzas: stanzas.filter((_, index) => index % 3 !== at) }] : [];
    });
    const list = (order: EtcFile[]) =>
      printBtool(effectiveConf(new EtcTree({ files: order, instance: 'etc' }), 'inputs'), { debug: true });
    return list(files) === list(files.toReversed()) ? null : 'the order of the files changes what wins';
  },
];

/** What is wrong with how an input is read, in a sentence; null when nothing is. */
export function judge(input: Uint8Array): string | null {
  const parsed = parseConfBytes(input, { conf: 'inputs' });
  const text = decodeText(input);
  for (const oracle of ORACLES) {
    const fault = oracle(input, parsed, text);
    if (fault !== null) return fault;
  }
  return null;
}
