import type { Writable } from 'node:stream';
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Where results go. A reader that has seen enough, as `head` has, closes it: then nothing more is written, quietly. */
export class Output {
  #isClosed = false;

  constructor(private readonly stream: Writable & { isTTY?: boolean }) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
      this.#isClosed = true;
    });
  }

  /** Nobody reads any more, so there is no point in going on. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Writes, and waits while the reader is slow. */
  async write(text: string): Promise<void> {
    if (this.#isClosed || text === '') return;
    await new Promise<void>((resolve) => this.stream.write(text, () => resolve()));
  }

  line(text = ''): Promise<void> {
    return this.write(`${text}\n`);
  }

  /** Coloured on a terminal, unless NO_COLOR is set. */
  paint(style: Style, text: string): string {
    return styleText(style, text, { stream: this.stream });
  }
}
