import type { BlobStore } from '@confscope/blob-store';
import { JobQueueClient } from '@confscope/job-queue';
import { Database, DispatchOutbox, Quarantine, QueueControls, RunCommands, UploadRuns } from '@confscope/persistence';
import { type Config, Health, type Logger, OperationsModule } from '@confscope/service-kit';
import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DispatchRun } from './dispatch-run.ts';
import { QuarantineController } from './quarantine.controller.ts';
import { QueuesController } from './queues.controller.ts';
import { RebuildIndex } from './rebuild-index.ts';
import { ReceiveUpload } from './receive-upload.ts';
import { RunsController } from './runs.controller.ts';
import type { uploadSettings } from './settings.ts';
import { UploadsController } from './uploads.controller.ts';
import { WatchUploads } from './watch-uploads.ts';

export interface UploadApiParts {
  config: Config<typeof uploadSettings>;
  database: Database;
  queue: JobQueueClient;
  blobs: BlobStore;
  logger: Logger;
  /** Name of this process. */
  receiver: string;
}

/** The whole service: uploads and commands come in over HTTP. */
@Module({})
export class AppModule implements OnApplicationShutdown {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(WatchUploads) private readonly watch: WatchUploads,
  ) {}

  static with({ config, database, queue, blobs, logger, receiver }: UploadApiParts): DynamicModule {
    const health = new Health(
      [],
      [
        { name: 'postgres', check: () => database.ping() },
        {
          name: 'postgres_writes',
          check: async () => requireTrue(!(await database.isReadOnly()), 'PostgreSQL takes no writes'),
        },
        { name: 'schema', check: async () => requireTrue(await database.isMigrated(), 'the schema is not migrated') },
        { name: 'redis', check: () => queue.ping() },
        { name: 'storage', check: () => blobs.ping() },
      ],
    );
    const uploads = new UploadRuns(database);
    const commands = new RunCommands(database);
    const quarantine = new Quarantine(database);
    const receive = new ReceiveUpload(uploads, quarantine, blobs, {
      maxBytes: config.UPLOAD_MAX_BYTES,
      routes: config.TASK_ROUTES,
      receiver,
    });
    const onError = (err: unknown, where: string) => logger.warn({ err, where }, 'will be tried again');
    return {
      module: AppModule,
      imports: [OperationsModule.with(health)],
      controllers: [UploadsController, RunsController, QueuesController, QuarantineController],
      providers: [
        { provide: 'LOGGER', useValue: logger },
        { provide: 'UPLOAD_MAX_BYTES', useValue: config.UPLOAD_MAX_BYTES },
        { provide: 'BLOBS', useValue: blobs },
        { provide: Database, useValue: database },
        { provide: JobQueueClient, useValue: queue },
        { provide: RunCommands, useValue: commands },
        { provide: Quarantine, useValue: quarantine },
        { provide: QueueControls, useValue: new QueueControls(database) },
        {
          provide: RebuildIndex,
          useValue: new RebuildIndex(new DispatchOutbox(database), commands, queue.producer),
        },
        { provide: ReceiveUpload, useValue: receive },
        { provide: DispatchRun, useValue: new DispatchRun(queue, commands, logger) },
        { provide: WatchUploads, useFactory: () => new WatchUploads(receive, uploads, blobs, onError).start() },
      ],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.watch.stop();
    await this.database.close();
  }
}

function requireTrue(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}
