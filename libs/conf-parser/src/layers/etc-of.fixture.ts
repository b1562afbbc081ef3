import { parseConfBytes } from '../parse-conf.ts';
import { UploadShape } from '../upload/upload-shape.ts';
import type { EtcFile, SchemeFile } from './etc-file.ts';
import type { EtcTreeParts } from './etc-tree.ts';
import { EtcTree } from './etc-tree.ts';
import { schemesOf } from './input-schemes.ts';
import type { Setting } from '../parsed-conf.ts';

/** A tree of files given by path and text, as an upload of them would be read. */
export function etcOf(
  files: Readonly<Record<string, string>>,
  choice: Pick<EtcTreeParts, 'instance' | 'target'> = { instance: 'etc' },
): EtcTree<Setting> {
  const shape = UploadShape.of(Object.keys(files));
  const parsed: EtcFile<Setting>[] = [];
  const schemes: SchemeFile[] = [];
  for (const [path, text] of Object.entries(files)) {
    const origin = shape.originOf(path);
    if (origin?.kind === 'spec' && origin.conf === 'inputs') schemes.push({ origin, schemes: schemesOf(text) });
    else if (origin?.kind === 'conf' || origin?.kind === 'meta') {
      const { stanzas } = parseConfBytes(new TextEncoder().encode(text), { kind: origin.kind, conf: origin.conf });
      parsed.push({ origin, stanzas });
    }
  }
  return new EtcTree({ ...choice, files: parsed, schemes });
}
