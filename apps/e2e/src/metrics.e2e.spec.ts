import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findPrometheus, freePort, type PrometheusPrograms, toolsFolder } from '@confscope/local-services';
import { tarGzOf } from '@confscope/testing';
import { OtlpReceiver } from './support/otlp-receiver.ts';
import { type Run, Stack } from './support/stack.ts';

const dashboardFile = join(
  import.meta.dirname,
  '../../../deploy/components/prometheus-operator/dashboards/confscope.json',
);

/** Which service tells what. */
const EXPECTED = {
  'parse-worker': [
    'runs_finished_total{result="complete",error_type="none"} 2',
    'runs_finished_total{result="failed",error_type="permanent"} 1',
    'run_duration_seconds_bucket',
    'run_queue_wait_seconds_count{queue="default"} 3',
    'run_retries_exhausted_total 0',
    'worker_loop_last_turn_timestamp_seconds ',
    'worker_active_jobs 0',
    'worker_memory_bytes ',
    'jobs_reclaimed_total{reason="silent"} 0',
    'fenced_writes_total 0',
    'reconciled_total{reason="missing"} 0',
    'attempts_finished_total{outcome="complete",error_type="none"} 2',
    'attempts_finished_total{outcome="fault",error_type="permanent"} 1',
    'attempts_finished_total{outcome="crashed",error_type="out_of_memory"} 0',
    'conf_files_total{result="parsed"} 1',
    'conf_files_total{result="reused"} 1',
    'stanzas_stored_total 2',
  ],
  'status-api': [
    'queue_depth{queue="high",state="ready"} 0',
    'queue_oldest_ready_age_seconds{queue="low"} 0',
    'workers_live 1',
    'worker_slots 2',
    'outbox_oldest_age_seconds 0',
    'run_heartbeat_oldest_age_seconds 0',
    'dispatch_index_entries 0',
    'postgres_connections ',
    'postgres_database_bytes ',
    'redis_memory_used_bytes ',
    'redis_evicted_keys_total 0',
  ],
  'upload-api': [
    'uploads_stored_total 3',
    'archive_bytes_total ',
    'upload_rejected_total{reason="invalid_request"} 1',
    'nodejs_eventloop_delay_p99',
  ],
};

describe('the metrics', () => {
  let programs: PrometheusPrograms;
  let stack: Stack;
  let receiver: OtlpReceiver;
  const urls = () => ({
    'parse-worker': stack.workers[0]?.url ?? '',
    'status-api': stack.statusApi.url,
    'upload-api': stack.uploadApi.url,
  });
  const scrape = async (service: keyof typeof EXPECTED) => (await fetch(`${urls()[service]}/metrics`)).text();

  beforeAll(async () => {
    programs = await findPrometheus(toolsFolder);
    receiver = await OtlpReceiver.start();
    stack = await Stack.start({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      JAEGER_UI_URL: 'https://jaeger.example.com',
    });
    const archive = await tarGzOf([{ path: 'etc/apps/a/local/server.conf', content: '[general]\na = 1\n' }]);
    for (const content of [archive, archive, Buffer.from('no archive')])
      await stack.until((await stack.upload(content, 'x.tgz')).id);
    await stack.send('POST', '/v1/uploads', { body: new FormData() });
  });
  afterAll(async () => {
    await stack.stop();
    receiver.stop();
  });

  it.each(['parse-worker', 'status-api', 'upload-api'] as const)('of %s tell what they should', async (service) => {
    // The last counts of a run arrive a moment after the run is seen to be complete.
    const deadline = Date.now() + 10_000;
    let missing: string[];
    do {
      const text = await scrape(service);
      missing = EXPECTED[service].filter((line) => !text.includes(line));
    } while (missing.length > 0 && Date.now() < deadline);
    expect(missing).toEqual([]);
  });

  it.each(['parse-worker', 'status-api', 'upload-api'] as const)(
    'of %s are what Prometheus expects, in base units, and few',
    async (service) => {
      const text = await scrape(service);
      const { status, stdout, stderr } = spawnSync(programs.promtool, ['check', 'metrics'], {
        input: text,
        encoding: 'utf8',
      });
      expect({ status, complaints: stdout + stderr }).toEqual({ status: 0, complaints: '' });
      expect(text.split('\n').filter((line) => /run_id|task_id/.test(line))).toEqual([]);
      expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length).toBeLessThan(400);
    },
  );

  it('answer every query of the dashboard on a real Prometheus', async () => {
    const prometheus = await startPrometheus(programs.prometheus, Object.values(urls()));
    try {
      for (const { expr, exemplar } of queriesOf(dashboardFile)) {
        const query = expr.replaceAll('$__rate_interval', '1m');
        const answer = await prometheus.query(query);
        expect({ expr, status: answer.status, error: answer.error }).toEqual({ expr, status: 'success' });
        // What compares leaves nothing when all is well.
        if (!expr.includes('> 0'))
          expect({ expr, series: answer.data?.result.length }).not.toEqual({ expr, series: 0 });
        if (exemplar) expect({ expr, traces: await prometheus.exemplars(query) }).not.toEqual({ expr, traces: [] });
      }
      // What Prometheus is told as an exemplar leads to the trace that the run itself links to.
      const traces = await prometheus.exemplars('runs_finished_total{error_type="permanent"}');
      const { body } = await stack.get<{ items: Run[] }>('/v1/runs?status=failed');
      const run = await stack.get<{ trace_url: string }>(`/v1/runs/${body.items[0]?.id}`);
      expect(traces.map((id) => `https://jaeger.example.com/trace/${id}`)).toEqual([run.body.trace_url]);
    } finally {
      await prometheus.stop();
    }
  });
});

interface DashboardQuery {
  expr: string;
  /** Whether it shows the traces behind its numbers as well. */
  exemplar?: boolean;
}

function queriesOf(file: string): DashboardQuery[] {
  const { panels } = JSON.parse(readFileSync(file, 'utf8')) as { panels: { targets?: DashboardQuery[] }[] };
  return panels.flatMap(({ targets = [] }) => targets);
}

interface QueryAnswer {
  status: string;
  error?: string;
  data?: { result: unknown[] };
}

/** A Prometheus that has scraped these addresses at least twice. */
async function startPrometheus(program: string, urls: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'confscope-prometheus-'));
  const targets = urls.map((url) => `'${new URL(url).host}'`).join(', ');
  const config = join(folder, 'prometheus.yaml');
  writeFileSync(
    config,
    `global: { scrape_interval: 1s }\nscrape_configs: [{ job_name: confscope, static_configs: [{ targets: [${targets}] }] }]\n`,
  );
  const address = `127.0.0.1:${await freePort()}`;
  const child: ChildProcess = spawn(
    program,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${address}`,
      '--enable-feature=exemplar-storage',
    ],
    { stdio: 'ignore' },
  );
  const query = async (expr: string): Promise<QueryAnswer> => {
    const response = await fetch(`http://${address}/api/v1/query?query=${encodeURIComponent(expr)}`);
    return (await response.json()) as QueryAnswer;
  };
  const scraped = async () => {
    const answer = await query('min(count_over_time(up{job="confscope"}[5m])) >= 3 and count(up) == 3').catch(
      () => null,
    );
    return (answer?.data?.result.length ?? 0) > 0;
  };
  while (!(await scraped())) {
    if (child.exitCode !== null) throw new Error('Prometheus ended before it had scraped.');
    await sleep(100);
  }
  /** Ids of the traces that these series name. */
  const exemplars = async (selector: string): Promise<string[]> => {
    const now = Date.now() / 1000;
    const span = `start=${now - 600}&end=${now + 60}`;
    const response = await fetch(
      `http://${address}/api/v1/query_exemplars?query=${encodeURIComponent(selector)}&${span}`,
    );
    const { data } = (await response.json()) as { data: { exemplars: { labels: { trace_id: string } }[] }[] };
    return data.flatMap((series) => series.exemplars.map(({ labels }) => labels.trace_id));
  };
  return {
    query,
    exemplars,
    stop: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
