import { type Choice, type Choose, type Entries } from './archive-entry.ts';
import { ArchiveFault } from './archive-fault.ts';
import { type Budget } from './budget.ts';
import { isPlausibleText } from './content-kind.ts';

/** One configuration file uploaded as it is. `chunks` is its content, already counted against the budget. */
export async function* singleEntry<C extends Choice>(
  name: string,
  bytes: number | null,
  head: Buffer,
  chunks: AsyncIterable<Buffer>,
  budget: Budget,
  choose: Choose<C>,
): Entries<C> {
  if (!isPlausibleText(head))
    throw notAnArchive(
      'it is binary data of a kind that is not known here',
      'Upload a .tar.gz, .tgz, .spl, .tar, .zip',
    );
  const base = name.split(/[\\/]/).at(-1) ?? '';
  if (!/\.(conf|meta)$/i.test(base))
    throw notAnArchive('it looks like plain text', 'If it is one configuration file, name it *.conf or *.meta');
  budget.countEntry();
  const admitted = budget.admit(base);
  if (admitted === null)
    throw notAnArchive('its name cannot be used as a path', 'Rename the file, for instance to inputs.conf');
  const { path } = admitted;
  const choice = choose({ path, bytes });
  if (choice) yield [{ choice, content: choice.reads ? await collect(path, bytes, chunks, budget) : null }];
}

async function collect(path: string, bytes: number | null, chunks: AsyncIterable<Buffer>, budget: Budget) {
  budget.checkEntryBytes(bytes ?? 0, path);
  const parts: Buffer[] = [];
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    budget.checkEntryBytes(total, path);
    parts.push(chunk);
  }
  return Buffer.concat(parts, total);
}

/** The upload is nothing this library reads: what it is instead, and what to do. */
export function notAnArchive(what: string, remedy: string): ArchiveFault {
  return new ArchiveFault('not-an-archive', `The file is no archive: ${what}. ${remedy}.`);
}
