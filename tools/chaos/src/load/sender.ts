import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Archive } from './archives.ts';
import type { PlannedUpload } from './load-plan.ts';

/** A promise that the system made: an upload answered with `201`. */
export interface Accepted {
  n: number;
  key: string;
  runId: number;
  at: number;
  archive: number;
  /** How it may end. */
  mayEnd: ('complete' | 'failed' | 'cancelled')[];
}

export interface SenderOptions {
  uploadUrl: string;
  /** Begins every idempotency key. */
  keyPrefix: string;
  /** Waits this long before it sends again what was not answered. */
  retryMs: number;
  /** A key whose upload is said to be in progress is given up after this long, and the file sent under another one. */
  patienceMs: number;
  onAccepted: (accepted: Accepted) => void;
}

interface RunAnswer {
  id: number;
  archive: { sha256: string; bytes: number };
}

/** An honest client: sends a file under an idempotency key until it is accepted, whatever happens in between. */
export class Sender {
  readonly #options: SenderOptions;
  /** Answers that say an upload was wrong though it was not, or that contradict an earlier answer. */
  readonly complaints: string[] = [];

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Resolves when the upload is accepted and what its sender does with it is done. */
  async send(upload: PlannedUpload, archive: Archive): Promise<Accepted> {
    if (upload.breaksOffFirst) await this.#breakOff(archive);
    const { run, key } = await this.#untilAccepted(upload, archive);
    const accepted: Accepted = {
      n: upload.n,
      key,
      runId: run.id,
      at: Date.now(),
      archive: upload.archive,
      mayEnd: [archive.holds ? 'complete' : 'failed'],
    };
    this.#options.onAccepted(accepted);
    if (upload.fate !== 'leave') {
      await sleep(upload.cancelAfterMs);
      const cancelled = await this.#command(run.id, 'cancel');
      if (upload.fate === 'cancel-and-parse') await this.#command(run.id, 'parse');
      // A cancel that came too late is refused, and the run complete.
      else if (cancelled === 202) accepted.mayEnd = ['cancelled'];
    }
    return accepted;
  }

  async #untilAccepted(upload: PlannedUpload, archive: Archive): Promise<{ run: RunAnswer; key: string }> {
    let key = `${this.#options.keyPrefix}-${upload.n}`;
    let busySince: number | undefined;
    for (let tries = 1; ; tries++) {
      const response = await this.#post(key, upload, archive).catch(() => null);
      const text = await response?.text().catch(() => null);
      if (response?.status === 201 && text) {
        const run = JSON.parse(text) as RunAnswer;
        if (run.archive.bytes !== archive.content.length)
          this.complaints.push(`run ${run.id} got other bytes than it was sent`);
        return { run, key };
      }
      if (response?.status === 409) {
        // A receiver that died with our bytes is missed after a minute; a person would not wait that long either.
        busySince ??= Date.now();
        if (Date.now() - busySince > this.#options.patienceMs) {
          key = `${this.#options.keyPrefix}-${upload.n}-${tries}`;
          busySince = undefined;
        }
      } else if (response && response.status < 500) {
        this.complaints.push(`upload ${upload.n} was answered with ${response.status}: ${text?.slice(0, 200)}`);
      }
      await sleep(this.#options.retryMs);
    }
  }

  #post(key: string, upload: PlannedUpload, archive: Archive): Promise<Response> {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(archive.content)]), archive.name);
    form.append('type', archive.type);
    form.append('label', `upload ${upload.n}`);
    if (upload.queue) form.append('queue', upload.queue);
    return fetch(`${this.#options.uploadUrl}/v1/uploads`, {
      method: 'POST',
      body: form,
      headers: { 'Idempotency-Key': key },
      signal: AbortSignal.timeout(60_000),
    });
  }

  /** Sends a command until it is answered; the status of the answer. */
  async #command(runId: number, verb: 'cancel' | 'parse'): Promise<number> {
    for (;;) {
      const response = await fetch(`${this.#options.uploadUrl}/v1/runs/${runId}/${verb}`, {
        method: 'POST',
        signal: AbortSignal.timeout(30_000),
      }).catch(() => null);
      await response?.body?.cancel().catch(() => undefined);
      if (response && response.status < 500) return response.status;
      await sleep(this.#options.retryMs);
    }
  }

  /** Promises more bytes than it sends, and hangs up. */
  #breakOff(archive: Archive): Promise<void> {
    const boundary = 'confscope-chaos';
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${archive.name}"\r\n\r\n`;
    return new Promise((resolve) => {
      const outgoing = request(`${this.#options.uploadUrl}/v1/uploads`, {
        method: 'POST',
        headers: {
          'content-type': `multipart/form-data; boundary=${boundary}`,
          'content-length': head.length + archive.content.length + 1000,
        },
      });
      outgoing.on('error', () => resolve());
      outgoing.on('close', () => resolve());
      outgoing.write(head);
      outgoing.write(archive.content.subarray(0, archive.content.length / 2), () => outgoing.destroy());
    });
  }
}
