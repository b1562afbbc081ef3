import type { Writable } from 'node:stream';
import { getSystemErrorMessage, styleText } from 'node:util';
import { Misuse } from './misuse.ts';

type Style = Parameters<typeof styleText>[0];

/** Where results go. A reader that has seen enough, as `head` has, closes it: then nothing more is written, quietly. */
export class Output {
  #isClosed = false;

  constructor(private readonly stream: Writable & { isTTY?: boolean }) {
    stream.on('error', (error) => {
      if (isClosing(error)) this.#isClosed = true;
    });
  }

  /** Nobody reads any more, so there is no point in going on. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Writes, and waits while the reader is slow. @throws Misuse when there is no room, or the disk fails */
  async write(text: string): Promise<void> {
    if (this.#isClosed || text === '') return;
    await new Promise<void>((resolve, reject) =>
      this.stream.write(text, (error) => (error && !isClosing(error) ? reject(unwritable(error)) : resolve())),
    );
  }

  line(text = ''): Promise<void> {
    return this.write(`${text}\n`);
  }

  /** Coloured on a terminal, unless NO_COLOR is set. */
  paint(style: Style, text: string): string {
    return styleText(style, text, { stream: this.stream });
  }
}

function isClosing({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';
}

function unwritable(error: NodeJS.ErrnoException): Error {
  if (error.errno === undefined) return error;
  return new Misuse(`The result cannot be written: ${getSystemErrorMessage(error.errno)}.`);
}
