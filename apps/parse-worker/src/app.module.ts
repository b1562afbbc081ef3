import { Health, OperationsModule } from '@confscope/service-kit';
import type { Database } from '@confscope/persistence';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { ParseController } from './parse.controller.ts';
import { ParseRunJob } from './parse-run.job.ts';
import { Worker } from './worker.ts';

/** The whole worker: jobs come in through the controller; health and metrics go out over HTTP. */
@Module({})
export class AppModule implements BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(@Inject(Worker) private readonly worker: Worker) {}

  static with(worker: Worker, database: Database): DynamicModule {
    const health = new Health(
      [{ name: 'consume_loop', check: () => worker.checkConsuming() }],
      [
        { name: 'postgres', check: () => database.ping() },
        { name: 'schema', check: async () => requireTrue(await database.isMigrated(), 'the schema is not migrated') },
        { name: 'surroundings', check: () => worker.checkSurroundings() },
        { name: 'redis', check: async () => void (await worker.consumer.redis.ping()) },
        { name: 'redis_policy', check: () => worker.consumer.checkPolicy() },
      ],
    );
    return {
      module: AppModule,
      imports: [OperationsModule.with(health)],
      controllers: [ParseController],
      providers: [
        { provide: Worker, useValue: worker },
        { provide: ParseRunJob, useFactory: () => worker.job },
      ],
    };
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.worker.retire();
  }

  onApplicationShutdown(): Promise<void> {
    return this.worker.close();
  }
}

function requireTrue(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}
