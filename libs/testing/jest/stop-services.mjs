import { rmSync } from 'node:fs';

export default async function stopServices() {
  const { folder, postgres, redis } = globalThis.confscopeTestServices;
  await Promise.all([postgres.stop(), redis.stop()]);
  rmSync(folder, { recursive: true, force: true });
}
