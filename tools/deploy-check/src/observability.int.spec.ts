import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findPrometheus, toolsFolder } from '@confscope/local-services';
import { parse } from 'yaml';

const root = path.join(import.meta.dirname, '..', '..', '..');
const folder = path.join(root, 'deploy/components/prometheus-operator');
const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8');

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; description: string; runbook: string };
}
interface Groups {
  groups: { rules: Rule[] }[];
}

const rules = (parse(read('rules.yaml')) as Groups).groups.flatMap((group) => group.rules);

describe('the alerts', () => {
  let promtool: string;
  beforeAll(async () => {
    ({ promtool } = await findPrometheus(toolsFolder));
  });
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(promtool, args, { cwd: folder, encoding: 'utf8' });
    return { status, output: stdout + stderr };
  };

  it('are rules of Prometheus, and each fires when it should and not beside it', () => {
    expect(run('check', 'rules', 'rules.yaml')).toMatchObject({ status: 0 });
    const { status, output } = run('test', 'rules', 'rules.test.yaml');
    expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining('SUCCESS') as string });
  });

  it('are each tested to fire', () => {
    const tests = read('rules.test.yaml');
    for (const { alert } of rules) expect(tests).toMatch(new RegExp(`alertname: ${alert}\\n\\s+exp_alerts:\\n`));
  });

  it('are the same for the operator of Prometheus', () => {
    const { spec } = parse(read('prometheus-rule.yaml')) as { spec: Groups };
    expect(spec).toEqual(parse(read('rules.yaml')));
  });

  it('have an entry in the runbook each, and no entry is without its alert', () => {
    const runbook = readFileSync(path.join(root, 'docs/runbook.md'), 'utf8');
    const entries = [...runbook.matchAll(/^## (Confscope\w+)$/gm)].map(([, name]) => name);
    expect(entries).toEqual(rules.map(({ alert }) => alert));
    for (const { alert, annotations } of rules)
      expect(annotations.runbook).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
    for (const entry of runbook.split(/^## /m).slice(1))
      if (entry.startsWith('Confscope')) expect(entry).toContain('```');
  });
});
