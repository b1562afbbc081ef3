import { startGateway } from '@confscope/gateway';
import { createLogger } from '@confscope/service-kit';
import { BadConfig, loadConfig } from '@confscope/service-kit/settings';
import { gatewaySettings } from './settings.ts';

/** How long requests in flight may take once it was told to stop. */
const DRAIN_LIMIT_MS = 30_000;

/** One origin before both APIs, for where no other reverse proxy tells requests apart by their method. */
async function run(): Promise<void> {
  const config = loadConfig(gatewaySettings, process.env);
  const logger = await createLogger({ service: 'gateway', level: config.LOG_LEVEL, format: config.LOG_FORMAT });
  const gateway = await startGateway(
    { port: config.PORT, host: config.HOST, drain: true },
    { uploadApi: config.UPLOAD_API_URL, statusApi: config.STATUS_API_URL },
  );
  logger.info({ url: gateway.url }, 'gateway is ready');
  const stop = (why: string) => {
    logger.info({ why }, 'stopping');
    // Whatever is not done by then is the client's to repeat.
    setTimeout(() => process.exit(0), DRAIN_LIMIT_MS);
    void gateway.close().then(() => process.exit(0));
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
}

try {
  await run();
} catch (error) {
  const reason = error instanceof BadConfig ? error.message : String(error);
  process.stderr.write(`gateway cannot start:\n${reason}\n`);
  process.exitCode = 1;
}
