let shutDown = (): Promise<void> => Promise.resolve();

/** Told by whatever telemetry this process has how it ends. */
export function whenShutDown(end: () => Promise<void>): void {
  shutDown = end;
}

/** Sends what is still in memory; nothing when there is no telemetry. Called last, when a process ends. */
export const shutDownTelemetry = (): Promise<void> => shutDown();
