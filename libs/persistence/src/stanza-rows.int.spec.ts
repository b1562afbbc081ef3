import { createTestDatabase, type TestDatabase } from '@confscope/testing';
import fc from 'fast-check';
import { ByteBlocks } from './byte-blocks.ts';
import { Database } from './database.ts';
import { STANZA_COLUMNS, stanzaRows } from './stanza-rows.ts';
import type { StoredSetting, StoredStanza } from './stored-stanza.ts';

/** Beyond what four bytes hold. */
const FIRST_ID = 5_000_000_000;

const text = fc.oneof(
  fc.string({ unit: fc.integer({ min: 1, max: 0x7f }).map((code) => String.fromCharCode(code)) }),
  fc.string({ unit: 'grapheme' }).map((some) => some.replaceAll('\0', '')),
  fc.string({ unit: 'grapheme', minLength: 1 }).map((some) => some.replaceAll('\0', 'x').repeat(2000)),
);
const line = fc.nat({ max: 2_000_000_000 });
const setting: fc.Arbitrary<StoredSetting> = fc.oneof(
  fc.tuple(text, text, line, line),
  fc.tuple(text, text, line, line, fc.record({ f: fc.constant('0a'), o: fc.array(fc.tuple(text, line)) })),
);
const stanza: fc.Arbitrary<StoredStanza> = fc.record({
  name: text,
  line,
  headerLines: fc.array(line),
  settings: fc.array(setting, { maxLength: 30 }),
});
const plain = (...settings: StoredSetting[]): StoredStanza => ({ name: 'x', line: 1, headerLines: [1], settings });

describe('the rows of stanzas', () => {
  let place: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    place = await createTestDatabase();
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 2 });
    await database.migrate();
  });
  afterAll(async () => {
    await database.close();
    await place.drop();
  });

  /** The files as PostgreSQL gives them back. */
  async function stored(files: readonly (readonly StoredStanza[])[]): Promise<StoredStanza[][]> {
    const writer = new ByteBlocks().open();
    const rows = files.flatMap((stanzas, i) => stanzaRows(FIRST_ID + i, stanzas, writer));
    await database.rows('truncate stanzas');
    await database.transaction((tx) => tx.copy(STANZA_COLUMNS, rows));
    const found = await database.rows<StoredStanza & { file: number }>(
      `select file_id - ${FIRST_ID} as file, name, line, header_lines as "headerLines", settings
         from stanzas order by file_id, ordinal`,
    );
    const shown = ({ name, line: at, headerLines, settings }: StoredStanza) => ({
      name,
      line: at,
      headerLines,
      settings,
    });
    return files.map((_, i) => found.filter(({ file }) => Number(file) === i).map(shown));
  }

  it('hold what was written, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(stanza, { maxLength: 20 }), { maxLength: 8 }), async (files) => {
        expect(await stored(files)).toEqual(files);
      }),
      { numRuns: 60 },
    );
  });

  it.each([4095, 4097, 90_000, 400_000])('hold texts of %i characters among short ones', async (chars) => {
    const files = ['a', '\\', '\u0001', 'é', '\u{1F600}'].map((letter) => [
      plain(['key', letter.repeat(chars), 1, 2]),
      plain(['next', 'one', 3, 3], ['b', letter, 4, 4]),
    ]);
    expect(await stored(files)).toEqual(files);
  });

  it('stay as they are while others are written, in blocks that are used again', () => {
    const blocks = new ByteBlocks();
    const some = Array.from({ length: 50 }, (_, i) => plain([`key_${i}`, 'value'.repeat(2000), 10, 12]));
    const alone = (id: number): Buffer => Buffer.concat(stanzaRows(id, some, new ByteBlocks().open()));
    for (let round = 0; round < 3; round++) {
      const [first, second] = [blocks.open(), blocks.open()];
      const rows = [stanzaRows(1, some, first), stanzaRows(2, some, second), stanzaRows(3, some, first)];
      expect(rows.map((pieces, i) => Buffer.concat(pieces).equals(alone(i + 1)))).toEqual([true, true, true]);
      first.release();
      second.release();
    }
  });
});
