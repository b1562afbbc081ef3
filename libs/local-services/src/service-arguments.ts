import { join } from 'node:path';

/**
 * V8 lets the space of new objects grow to several times 16 MiB, and buffers that wait in it for the collector can be ten
 * times that. Services hand bytes on and keep none: a small one costs them no speed and spares a hundred megabytes. The
 * image is started the same way.
 */
export const SERVICE_FLAGS: readonly string[] = ['--max-semi-space-size=1'];

/** What Node is told to run a built service of the checkout at `root`. */
export function serviceArguments(root: string, app: string): string[] {
  const telemetry = join(root, 'libs/service-kit/dist/telemetry/register.js');
  return [...SERVICE_FLAGS, '--import', telemetry, join(root, `apps/${app}/dist/main.js`)];
}
