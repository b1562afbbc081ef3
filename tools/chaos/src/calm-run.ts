import type { ArchiveShelf } from './load/send-load.ts';
import { sendLoad } from './load/send-load.ts';
import type { LoadPlan } from './load/load-plan.ts';
import { Sender } from './load/sender.ts';
import type { System } from './system/system.ts';
import { type Digests, digestsOf } from './verdict/digests.ts';
import { untilSettled } from './verdict/settle.ts';

/** What has to come out of each archive of a plan. */
export interface Expected {
  /** By archive: how its run ends, what it says about it, and the hash of its result. */
  archives: ReadonlyMap<number, { status: string; error: string | null; digest: string | undefined }>;
  files: Digests['files'];
}

const GRACE_MS = 120_000;

/** Parses every archive of the plan once with nothing going wrong, and checks the counts against what was put in. */
export async function calmRun(system: System, plan: LoadPlan, shelf: ArchiveShelf): Promise<Expected> {
  const sender = new Sender({
    uploadUrl: system.uploadApi.url,
    keyPrefix: 'calm',
    retryMs: 200,
    patienceMs: GRACE_MS,
    onAccepted: () => undefined,
  });
  const uploads = plan.archives.map((_, archive) => ({
    n: archive,
    archive,
    fate: 'leave' as const,
    breaksOffFirst: false,
    queue: null,
    cancelAfterMs: 0,
  }));
  const accepted = await sendLoad(uploads, shelf, sender, () => Promise.resolve());
  const stuck = await untilSettled(system, GRACE_MS, () => undefined);
  const wrong = [...sender.complaints, ...stuck.map(({ what }) => what)];
  const rows = await system.rows<{
    id: number;
    status: string;
    error_message: string | null;
    files: number;
    stanzas: number;
  }>(
    `select id::int, status, error_message, (metrics ->> 'files_parsed')::int as files,
            (metrics ->> 'stanzas_created')::int as stanzas from runs`,
  );
  const runs = new Map(rows.map((row) => [row.id, row]));
  const { files, runs: digests } = await digestsOf(system);
  const archives: Map<number, { status: string; error: string | null; digest: string | undefined }> = new Map();
  for (const { archive, runId } of accepted) {
    const { holds } = await shelf.get(archive);
    const run = runs.get(runId);
    if (!run) throw new Error(`Run ${runId} of the calm run is gone.`);
    const said = { status: run.status, files: run.files, stanzas: run.stanzas };
    if (
      holds
        ? run.status !== 'complete' || run.files !== holds.files || run.stanzas !== holds.stanzas
        : run.status !== 'failed'
    )
      wrong.push(
        `archive ${archive} (${plan.archives[archive]?.shape}) holds ${JSON.stringify(holds)}, its run says ${JSON.stringify(said)}: ${run.error_message}`,
      );
    archives.set(archive, { status: run.status, error: run.error_message, digest: digests.get(runId) });
  }
  if (wrong.length > 0) throw new Error(`The calm run went wrong:\n${wrong.join('\n')}`);
  return { archives, files };
}
