import { ByteBlocks, type ByteWriter, joined } from './byte-blocks.ts';

const BLOCK = 256 * 1024;
const texts = (pieces: Iterable<Buffer>) => Array.from(pieces, (piece) => piece.toString());

/** Writes a text into as much room as it may need. */
function write(writer: ByteWriter, text: string): Buffer {
  const room = writer.room(3 * text.length);
  return writer.keep(room, room.write(text));
}

describe('bytes that wait', () => {
  it('are what was written, whatever letters it has and however large it is', () => {
    const writer = new ByteBlocks().open();
    const written = [
      'a',
      '',
      'é\u{1F600}',
      'x'.repeat(BLOCK - 20),
      'ü'.repeat(100),
      'y'.repeat(BLOCK),
      'z'.repeat(BLOCK + 1),
    ];
    const pieces = written.map((text) => write(writer, text));
    expect(texts(pieces)).toEqual(written);
    expect(texts(written.map((text) => writer.copy(Buffer.from(text))))).toEqual(written);
    expect(texts(pieces)).toEqual(written);
  });

  it('stay whole while others write, and take the memory of those that were given up', () => {
    const blocks = new ByteBlocks();
    const [first, second] = [blocks.open(), blocks.open()];
    const a = write(first, 'a'.repeat(1000));
    const b = write(second, 'b'.repeat(1000));
    first.release();
    const c = blocks.open().copy(Buffer.from('c'.repeat(1000)));
    expect(c.buffer).toBe(a.buffer);
    expect(texts([b, c])).toEqual(['b'.repeat(1000), 'c'.repeat(1000)]);
    expect(write(second, 'd').buffer).toBe(b.buffer);
  });

  it('go together when they were written one behind the other', () => {
    const writer = new ByteBlocks().open();
    const pieces = ['a', 'b', null, 'c', 'd'].map((text) =>
      text === null ? Buffer.from('other') : write(writer, text),
    );
    expect(texts(joined(pieces))).toEqual(['ab', 'other', 'cd']);
    expect(texts(joined([]))).toEqual([]);
  });
});
