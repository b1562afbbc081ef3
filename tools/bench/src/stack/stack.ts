import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchServers } from './bench-servers.ts';
import { sendForm } from './send-form.ts';
import { ServiceProcess } from './service-process.ts';

/**
 * How often is asked whether runs are complete, at first. Asking takes a twentieth of a core then; of what takes long it is
 * asked less often, so that asking does not slow it down.
 */
const POLL_MS = 20;
const POLL_SHARE = 0.05;

/** A run as far as a benchmark asks. */
export interface FinishedRun {
  id: number;
  /** From the claim to the commit, by the database's clock. */
  seconds: number;
  stanzas: number;
  reused: number;
  files: number;
  /** Peak memory of the process that parsed it. */
  childPeakBytes: number;
}

interface RunRow {
  status: string;
  error: string | null;
  metrics: { duration_seconds: number; stanzas_created: number; files_reused: number; files_parsed: number } | null;
  peak: number | null;
}

/** The services over the servers of the bench. */
export class Stack {
  private constructor(
    private readonly servers: BenchServers,
    readonly uploadApi: ServiceProcess,
    readonly worker: ServiceProcess,
  ) {}

  static async start(servers: BenchServers, env: Record<string, string> = {}): Promise<Stack> {
    const uploadApi = await ServiceProcess.start('upload-api', { ...servers.env, ...env });
    try {
      return new Stack(
        servers,
        uploadApi,
        await ServiceProcess.start('parse-worker', { WORKER_CONCURRENCY: '1', ...servers.env, ...env }),
      );
    } catch (error) {
      await uploadApi.stop();
      throw error;
    }
  }

  /** Uploads an archive over HTTP, with these fields of the form; the id of its run. */
  async upload(archive: string, name: string, fields: { type?: string; queue?: string } = {}): Promise<number> {
    const url = `${this.uploadApi.url}/v1/uploads`;
    const { status, body } = await sendForm(url, { type: 'ds_etc', ...fields }, { path: archive, name });
    if (status !== 201) throw new Error(`The upload was refused: ${body}`);
    return (JSON.parse(body) as { id: number }).id;
  }

  /** Waits until the run is complete; throws when it failed. */
  async completed(id: number): Promise<FinishedRun> {
    const since = performance.now();
    for (;;) {
      const [run] = await this.servers.database.rows<RunRow>(
        `select r.status, r.error_message as error, r.metrics, a.peak_rss_bytes as peak
           from runs r left join attempts a on a.run_id = r.id and a.attempt = r.attempt where r.id = $1`,
        [id],
      );
      if (!run || run.status === 'failed') throw new Error(`Run ${id} failed: ${run?.error ?? 'it is gone'}`);
      if (run.status === 'complete' && run.metrics)
        return {
          id,
          seconds: run.metrics.duration_seconds,
          stanzas: run.metrics.stanzas_created,
          reused: run.metrics.files_reused,
          files: run.metrics.files_parsed,
          childPeakBytes: run.peak ?? 0,
        };
      await nextPoll(since);
    }
  }

  /** Waits until all of these runs are complete. */
  async allCompleted(ids: readonly number[]): Promise<void> {
    const since = performance.now();
    for (;;) {
      const [left] = await this.servers.database.rows<{ open: number; failed: string | null }>(
        `select count(*) filter (where status <> 'complete')::int as open,
                min(error_message) filter (where status = 'failed') as failed
           from runs where id = any($1::bigint[])`,
        [ids],
      );
      if (!left || left.failed !== null) throw new Error(`A run failed: ${left?.failed ?? 'all are gone'}`);
      if (left.open === 0) return;
      await nextPoll(since);
    }
  }

  /** Empties the database of everything that runs leave there. */
  async forget(): Promise<void> {
    const tables = await this.servers.database.rows<{ name: string }>(
      `select quote_ident(tablename) as name from pg_tables
        where schemaname = 'public' and tablename not in ('migrations', 'projects')`,
    );
    await this.servers.database.rows(`truncate ${tables.map(({ name }) => name).join(', ')}`);
  }

  /** Processor time of both services and the parsing processes so far; NaN where the system does not tell. */
  cpuSeconds(): number {
    return (this.uploadApi.cpuSeconds() ?? NaN) + (this.worker.cpuSeconds() ?? NaN);
  }

  async stop(): Promise<void> {
    await Promise.all([this.worker.stop(), this.uploadApi.stop()]);
  }
}

const nextPoll = (since: number): Promise<void> => sleep(Math.max(POLL_MS, (performance.now() - since) * POLL_SHARE));
