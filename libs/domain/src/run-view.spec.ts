import { type RunRecord, viewRun } from './run-view.ts';

const RUN: RunRecord = {
  id: 42,
  type: 'ds_etc',
  label: 'L',
  notes: null,
  status: 'parsing',
  queue: 'default',
  archive_name: 'a.tgz',
  archive_sha256: 'ab',
  archive_bytes: 200,
  task_id: 't',
  retry_count: 0,
  next_attempt_at: null,
  error_type: null,
  error_message: null,
  error_traceback: null,
  created_at: new Date(0),
  started_at: null,
  last_heartbeat: null,
  completed_at: null,
  progress: { bytes_done: 199, files: 3, stanzas: 4 },
  metrics: null,
};

describe('a run as it is shown', () => {
  it('has its times in UTC and links to everything about it', () => {
    expect(viewRun(RUN)).toMatchObject({
      created_at: '1970-01-01T00:00:00.000Z',
      archive: { name: 'a.tgz', bytes: 200, sha256: 'ab' },
      links: { self: '/v1/runs/42', task: '/v1/worker/tasks/t' },
    });
  });

  it('is never at 100 percent before its result is there', () => {
    expect(viewRun(RUN).progress).toMatchObject({
      percent: 99,
      bytes_done: 199,
      bytes_total: 200,
      files: 3,
      stanzas: 4,
    });
    expect(viewRun({ ...RUN, progress: { bytes_done: 500, files: 0, stanzas: 0 } }).progress.percent).toBe(99);
    expect(viewRun({ ...RUN, status: 'stored', progress: null }).progress.percent).toBe(0);
  });

  it('shows what was found once it is complete', () => {
    const metrics = { files_parsed: 7, stanzas_created: 9 };
    expect(viewRun({ ...RUN, status: 'complete', progress: null, metrics }).progress).toEqual({
      percent: 100,
      bytes_done: 200,
      bytes_total: 200,
      files: 7,
      stanzas: 9,
      remaining_seconds: null,
    });
  });

  it('estimates what is left from the pace so far, once there is any', () => {
    const left = (seconds: number, bytes_done: number) =>
      viewRun({
        ...RUN,
        started_at: new Date(0),
        last_heartbeat: new Date(seconds * 1000),
        progress: { bytes_done, files: 0, stanzas: 0 },
      }).progress.remaining_seconds;
    expect(left(10, 50)).toBe(30);
    expect(left(10, 200)).toBe(0);
    expect(left(0.5, 50)).toBeNull();
    expect(left(10, 0)).toBeNull();
  });

  it('is at 0 percent while nothing of its archive is known', () => {
    expect(viewRun({ ...RUN, status: 'pending', archive_bytes: null, progress: null }).progress.percent).toBe(0);
  });
});
