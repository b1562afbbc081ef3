import { rmSync } from 'node:fs';

const END_LIMIT_MS = 15_000;

/** Ends what start-services.mjs started, and removes its files. What keeps Jest from ending behind it is a failure. */
export default async function stopServices({ watch, watchAll }) {
  const { folder, postgres, redis } = globalThis.confscopeServices;
  await Promise.all([redis?.stop(), postgres?.stop()]);
  rmSync(folder, { recursive: true, force: true });
  if (watch || watchAll) return;
  const fail = () => {
    process.stderr.write(
      `Jest cannot end, because something was left open: ${process.getActiveResourcesInfo().join(', ')}\n`,
    );
    process.exit(1);
  };
  setTimeout(fail, END_LIMIT_MS).unref();
}
