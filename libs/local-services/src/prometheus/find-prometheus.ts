import path from 'node:path';
import { runCommand } from '../run-command.ts';
import { hasApt, unpackFromApt } from '../unpack-from-apt.ts';

/** The two programs of Prometheus. */
export interface PrometheusPrograms {
  prometheus: string;
  promtool: string;
}

/**
 * A Prometheus for this machine: an installed one, else one fetched with the system's package manager into `toolsDir`.
 * Throws an error with the commands to type when there is no way.
 */
export async function findPrometheus(toolsDir: string): Promise<PrometheusPrograms> {
  const installed = { prometheus: 'prometheus', promtool: 'promtool' };
  if (await runs(installed)) return installed;
  const root = path.join(toolsDir, 'prometheus');
  const fetched = {
    prometheus: path.join(root, 'usr/bin/prometheus'),
    promtool: path.join(root, 'usr/bin/promtool'),
  };
  if (await runs(fetched)) return fetched;
  if (process.platform === 'linux' && hasApt()) await unpackFromApt(root, { package: 'prometheus' });
  if (await runs(fetched)) return fetched;
  throw new Error(
    'The alerts and the dashboard are tested with Prometheus 2.40 or newer, which is not installed. Install it: "sudo apt-get install prometheus" or "brew install prometheus".',
  );
}

async function runs({ prometheus, promtool }: PrometheusPrograms): Promise<boolean> {
  const answers = await Promise.all([prometheus, promtool].map((program) => runCommand(program, ['--version'])));
  return answers.every(({ code }) => code === 0);
}
