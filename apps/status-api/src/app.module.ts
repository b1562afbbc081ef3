import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { connectRedis } from '@confscope/job-queue';
import {
  Database,
  DiagnosticQueries,
  LayerQueries,
  Quarantine,
  QueueControls,
  RunFileQueries,
  RunQueries,
  StanzaQueries,
  WorkerQueries,
} from '@confscope/persistence';
import { Health, type Logger, OperationsModule } from '@confscope/service-kit';
import { AppsController } from './apps/apps.controller.ts';
import { DiagnosticsController } from './diagnostics/diagnostics.controller.ts';
import { KnownCounts } from './diagnostics/known-counts.ts';
import { EffectiveController } from './effective/effective.controller.ts';
import { MergedConfs } from './effective/merged-confs.ts';
import { EventsController } from './events/events.controller.ts';
import { RunWatcher } from './events/run-watcher.ts';
import { ExplainController } from './explain/explain.controller.ts';
import { RunExplainer } from './explain/run-explainer.ts';
import { FilesController } from './files/files.controller.ts';
import { QuarantineController } from './quarantine/quarantine.controller.ts';
import { RunsController } from './runs/runs.controller.ts';
import { TraceLinks } from './runs/trace-links.ts';
import { StanzasController } from './stanzas/stanzas.controller.ts';
import { SystemGauges } from './worker/system-gauges.ts';
import { WorkerRoster } from './worker/worker-roster.ts';
import { WorkerController } from './worker/worker.controller.ts';

/** The connections of the service; it closes them when it stops. */
export interface Connections {
  database: Database;
  redis: ReturnType<typeof connectRedis>;
  logger: Logger;
}

const CONNECTIONS = Symbol('connections');

/** Room for a few confs of thousands of apps, or for many of hundreds. */
const MERGED_CONFS_BYTES = 64 * 1024 * 1024;

/** The whole service: queries over PostgreSQL, the roster of workers in Redis, and a controller for each kind of thing. */
@Module({})
export class AppModule implements OnApplicationShutdown {
  constructor(@Inject(CONNECTIONS) private readonly connections: Connections) {}

  static with(connections: Connections, jaegerUiUrl?: string): DynamicModule {
    const { database, redis, logger } = connections;
    const onError = (err: unknown, where: string) => logger.warn({ err, where }, 'will be tried again');
    return {
      module: AppModule,
      imports: [OperationsModule.with(healthOf(connections))],
      controllers: [
        RunsController,
        ExplainController,
        EventsController,
        FilesController,
        StanzasController,
        AppsController,
        DiagnosticsController,
        EffectiveController,
        WorkerController,
        QuarantineController,
      ],
      providers: [
        { provide: CONNECTIONS, useValue: connections },
        { provide: RunQueries, useFactory: () => new RunQueries(database) },
        { provide: RunFileQueries, useFactory: () => new RunFileQueries(database) },
        { provide: LayerQueries, useFactory: () => new LayerQueries(database) },
        { provide: MergedConfs, useFactory: () => new MergedConfs(MERGED_CONFS_BYTES) },
        { provide: DiagnosticQueries, useFactory: () => new DiagnosticQueries(database) },
        { provide: KnownCounts, useFactory: () => new KnownCounts(new DiagnosticQueries(database)) },
        { provide: StanzaQueries, useFactory: () => new StanzaQueries(database) },
        { provide: WorkerQueries, useFactory: () => new WorkerQueries(database) },
        { provide: QueueControls, useFactory: () => new QueueControls(database) },
        { provide: Quarantine, useFactory: () => new Quarantine(database) },
        {
          provide: RunWatcher,
          inject: [RunQueries],
          useFactory: (runs: RunQueries) => new RunWatcher((ids) => runs.findAll(ids), onError),
        },
        { provide: WorkerRoster, useFactory: () => new WorkerRoster(redis) },
        {
          provide: RunExplainer,
          inject: [WorkerQueries, WorkerRoster],
          useFactory: (work: WorkerQueries, roster: WorkerRoster) => new RunExplainer(work, roster, redis),
        },
        { provide: TraceLinks, useFactory: () => new TraceLinks(jaegerUiUrl) },
        {
          provide: SystemGauges,
          useFactory: (work: WorkerQueries, roster: WorkerRoster) => new SystemGauges(work, roster, redis).observe(),
          inject: [WorkerQueries, WorkerRoster],
        },
      ],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    this.connections.redis.disconnect();
    await this.connections.database.close();
  }
}

/** Live: the process answers. Ready: both servers do, and the schema is the one these queries were written for. */
function healthOf({ database, redis }: Connections): Health {
  let migrated = false;
  return new Health(
    [],
    [
      {
        name: 'database',
        check: async () => {
          await database.ping();
          // A schema that was right once stays right while this process lives.
          migrated ||= await database.isMigrated();
          if (!migrated) throw new Error('The schema is not up to date.');
        },
      },
      { name: 'redis', check: async () => void (await redis.ping()) },
    ],
  );
}
