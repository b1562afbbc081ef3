import { rmSync } from 'node:fs';

/** Ends what start-services.mjs started, and removes its files. */
export default async function stopServices() {
  const { folder, postgres, redis } = globalThis.confscopeServices;
  await Promise.all([redis?.stop(), postgres?.stop()]);
  rmSync(folder, { recursive: true, force: true });
}
