import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { isFinished, viewRun } from '@confscope/domain';
import type { RunRow } from '@confscope/persistence';

/** Proxies and browsers give up connections on which nothing happens for long. */
const PING_EVERY_MS = 15_000;
/** A reader that lets this much pile up has stopped reading. */
const MAX_WAITING_BYTES = 1024 * 1024;

export interface RunEvent {
  /** Names this state of the run, the same in every process. */
  id: string;
  data: string;
  /** Nothing more will come, unless somebody asks for the run to be parsed again. */
  last: boolean;
}

/** The state of a run as an event. */
export function eventOf(run: RunRow): RunEvent {
  const data = JSON.stringify(viewRun(run));
  const id = createHash('sha256').update(data).digest('hex').slice(0, 16);
  return { id, data, last: isFinished(run.status) };
}

/** One open event stream about one run: every state that differs from the one before, and the end. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #ping: NodeJS.Timeout;
  #lastId: string | undefined;

  /**
   * @param lastId the state that the reader knows already
   * @param retryMs when a reader whose stream broke off is to ask again
   */
  constructor(response: ServerResponse, lastId: string | undefined, retryMs: number) {
    this.#response = response;
    this.#lastId = lastId;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write(`: this stream tells of one run\nretry: ${Math.round(retryMs)}\n\n`);
    this.#ping = setInterval(() => this.#write(': ping\n\n'), PING_EVERY_MS);
    response.on('close', () => clearInterval(this.#ping));
  }

  /** Tells of a state unless it was told before; ends the stream after the last one. */
  tell(run: RunRow | null): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    if (run === null) {
      this.#write('event: deleted\ndata: {}\n\n');
      this.#response.end();
      return;
    }
    const { id, data, last } = eventOf(run);
    if (id !== this.#lastId) this.#write(`id: ${id}\nevent: run\ndata: ${data}\n\n`);
    this.#lastId = id;
    if (last) this.#response.end();
  }

  /** Ends the stream although the run goes on: whoever asks again, with the last id, misses nothing. */
  part(): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    this.#write(': this server stops; another one goes on from the last id\n\n');
    this.#response.end();
  }

  #write(text: string): void {
    this.#response.write(text);
    if (this.#response.writableLength > MAX_WAITING_BYTES) this.#response.destroy();
  }
}
