let shutDown = (): Promise<void> => Promise.resolve();

/** Told by the preloaded SDK how it ends. */
export function whenShutDown(end: () => Promise<void>): void {
  shutDown = end;
}

/** Sends what is still in memory; nothing when no SDK was loaded. Called last, when a process ends. */
export const shutDownTelemetry = (): Promise<void> => shutDown();
