/** One thing that must be true, checked when somebody asks. Throws with a sentence when it is not. */
export interface HealthCheck {
  name: string;
  check: () => Promise<void> | void;
}

export interface HealthReport {
  status: 'ok' | 'unavailable';
  checks: Record<string, 'ok' | { error: string }>;
}

/** How long one check may take before it counts as failed. */
const CHECK_LIMIT_MS = 2_000;

/**
 * Two questions of an orchestrator. Live: would a restart help? Ready: should requests come here? A database that is
 * away makes a service unready and never dead, since a restart would not bring it back.
 */
export class Health {
  constructor(
    private readonly live: readonly HealthCheck[],
    private readonly ready: readonly HealthCheck[],
  ) {}

  liveness(): Promise<HealthReport> {
    return report(this.live);
  }

  readiness(): Promise<HealthReport> {
    return report([...this.live, ...this.ready]);
  }
}

async function report(checks: readonly HealthCheck[]): Promise<HealthReport> {
  const results = await Promise.all(checks.map(async (check) => [check.name, await outcomeOf(check)] as const));
  const status = results.every(([, outcome]) => outcome === 'ok') ? 'ok' : 'unavailable';
  return { status, checks: Object.fromEntries(results) };
}

async function outcomeOf({ check }: HealthCheck): Promise<'ok' | { error: string }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_LIMIT_MS} ms`)), CHECK_LIMIT_MS);
  });
  try {
    await Promise.race([Promise.resolve().then(check), late]);
    return 'ok';
  } catch (error) {
    // Messages of drivers can name hosts and users; what failed is told by the name of the check.
    return { error: error instanceof Error && error.message.startsWith('no answer') ? error.message : 'failed' };
  } finally {
    clearTimeout(timer);
  }
}
