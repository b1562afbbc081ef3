import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, keepsBar, readReport, reportOf, tableOf, writeReport } from './report.ts';

const RUN: Figure = {
  id: 'ingest/first',
  what: 'a first run',
  value: 300,
  unit: 'ms',
  ratio: { to: 'gunzip', value: 3 },
  bar: { most: 2 },
  spread: 0.2,
};

describe('the report of the bench', () => {
  it('holds a ratio against its bar, and the value where there is no ratio', () => {
    expect(keepsBar(RUN)).toBe(false);
    expect(keepsBar({ ...RUN, bar: { most: 3 } })).toBe(true);
    expect(keepsBar({ id: 'x', what: 'x', value: 120, unit: 'MB/s', bar: { least: 100 } })).toBe(true);
    expect(keepsBar({ id: 'x', what: 'x', value: 120, unit: 'MB/s' })).toBeNull();
  });

  it('shows figures in columns, with what misses its bar', () => {
    const lines = tableOf([RUN]).split('\n');
    expect(lines[2]).toMatch(/^a first run {2}300 ms {2}3\.00× gunzip {2}≤ 2 MISSED {2}±10 %$/);
  });

  it('compares ratios with those of an earlier report, and tells what is new', () => {
    const earlier = reportOf([{ ...RUN, value: 900, ratio: { to: 'gunzip', value: 4 } }], new Date(0));
    const lines = tableOf([RUN, { ...RUN, id: 'other' }], earlier).split('\n');
    expect(lines[2]).toMatch(/-25\.0 %$/);
    expect(lines[3]).toMatch(/new$/);
  });

  describe('in a file', () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'confscope-report-'))));
    afterEach(() => rmSync(folder, { recursive: true }));

    it('comes back as it was written', () => {
      const report = reportOf([RUN], new Date(0));
      writeReport(join(folder, 'r.json'), report);
      expect(readReport(join(folder, 'r.json'))).toEqual(report);
    });

    it('is refused by name when it is no report', () => {
      writeFileSync(join(folder, 'r.json'), '{}');
      expect(() => readReport(join(folder, 'r.json'))).toThrow(/r\.json cannot be compared with: it is no report/);
      expect(() => readReport(join(folder, 'gone.json'))).toThrow(/gone\.json cannot be compared with: ENOENT/);
    });
  });
});
