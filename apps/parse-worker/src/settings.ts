import { storageSettings } from '@confscope/blob-store';
import { QUEUES } from '@confscope/domain';
import {
  BadSetting,
  bytes,
  choices,
  postgresUrl,
  seconds,
  secondsList,
  serverUrl,
  type Setting,
  wholeNumber,
} from '@confscope/service-kit/settings';
import { trustSettings } from '@confscope/service-kit/trust';

/** A key of 32 bytes, as 64 hexadecimal digits. */
function hexKey(about: string): Setting<Buffer> {
  return {
    about,
    secret: true,
    read: (value) => {
      if (!/^[0-9a-f]{64}$/i.test(value))
        throw new BadSetting('64 hexadecimal digits, such as openssl rand -hex 32 prints');
      return Buffer.from(value, 'hex');
    },
  };
}

/** After how much time something goes. */
const age = (about: string, max: number): Setting<number> => wholeNumber(`${about}; 0 is never.`, { min: 0, max }, 0);

/** What the parsing process needs; it reads the same environment as the worker that starts it. */
export const childSettings = {
  ...trustSettings,
  ...storageSettings,
  DATABASE_URL: postgresUrl('Where PostgreSQL is.'),
  ARCHIVE_MAX_BYTES: bytes('Most bytes an archive may inflate to.', '16 GiB'),
  ARCHIVE_MAX_ENTRIES: wholeNumber('Most entries of an archive.', { min: 1, max: 100_000_000 }, 1_000_000),
  ARCHIVE_MAX_RATIO: wholeNumber('Most inflated bytes for each compressed one.', { min: 1, max: 1_000_000 }, 400),
  ENTRY_MAX_BYTES: bytes('Most bytes of a configuration file in an archive, up to 1 GiB.', '64 MiB'),
  SECRETS_FINGERPRINT_KEY: hexKey('Key of the fingerprints that stand for secrets; the same for all workers.'),
};

export const workerSettings = {
  ...childSettings,
  REDIS_URL: serverUrl('Where Redis is.', ['redis', 'rediss']),
  WORKER_CONCURRENCY: wholeNumber('Jobs this worker runs at once.', { min: 1, max: 64 }, 2),
  WORKER_QUEUES: choices('Queues this worker serves.', QUEUES, QUEUES.join(',')),
  WORKER_MAX_TASKS_PER_CHILD: wholeNumber(
    'Jobs a parsing process runs before it is replaced.',
    { min: 1, max: 1e6 },
    100,
  ),
  WORKER_CHILD_MEMORY_MB: wholeNumber('Memory a parsing process may use, in MiB.', { min: 128, max: 65_536 }, 512),
  TASK_SOFT_TIME_LIMIT_S: seconds('After how long a job is asked to stop.', 3300),
  TASK_TIME_LIMIT_S: seconds('After how long the process of a job is killed.', 3600),
  TASK_MAX_RETRIES: wholeNumber('How often a job is tried again after a passing error.', { min: 0, max: 100 }, 3),
  TASK_RETRY_DELAYS_S: secondsList('How long it waits before each retry.', '60,180,600'),
  HEARTBEAT_INTERVAL_S: seconds('How often a worker renews its hold on a job; well below LEASE_S.', 5),
  LEASE_S: seconds('Silence after which another worker takes a job over.', 20),
  DRAIN_S: seconds('How long jobs in hand may go on when the worker is told to stop; then they are handed back.', 0.5),
  RECONCILE_INTERVAL_S: seconds('How often waiting runs are compared with what Redis knows of.', 15),
  RETENTION_RUNS_DAYS: age('Days after its end that a run is deleted with its archive and its attempts', 36_500),
  RETENTION_ARCHIVES_DAYS: age('Days after its end that a run loses its archive; its result stays', 36_500),
  RETENTION_CONTENT_HOURS: age('Hours without any use after which parsed contents are deleted', 876_000),
};
