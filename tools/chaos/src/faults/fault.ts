import type { LoadPace } from '../load/load-pace.ts';
import type { System } from '../system/system.ts';
import type { Resources } from './resources.ts';

/**
 * What "working again" means after a fault, and so how its recovery is timed.
 *
 * - `taken-over`: every run that a dead or frozen worker held is claimed again; from the fault.
 * - `handed-back`: every run that a stopping worker held is free again; from the signal.
 * - `working`: a run is claimed and completed; from the end of the fault.
 * - `accepting`: an upload is accepted; from the end of the fault.
 */
export type Recovery = 'taken-over' | 'handed-back' | 'working' | 'accepting';

/** A fault that happened. Times are in ms since the epoch. */
export interface Injected {
  /** What it hit, in words. */
  target: string;
  startedAt: number;
  endedAt: number;
  /** The process that held runs, for faults of processes. */
  pid?: number;
  /** Why it did not happen after all. */
  skipped?: string;
  /** It hit less than its kind can, so that others could work while it lasted. */
  isPartial?: boolean;
}

export interface FaultContext {
  system: System;
  resources: Resources;
  load: LoadPace;
  /** Length of a lease, which the lengths of faults are measured in. */
  leaseMs: number;
  /** Numbers in [0, 1) that decide about targets and lengths. */
  dice: readonly [number, number, number, number];
}

/** A kind of fault. `inject` resolves when the fault is over. */
export interface FaultKind {
  kind: string;
  /** How often it comes, compared with the others. */
  weight: number;
  recovery: Recovery;
  /** Nothing can work while it lasts, so that other recoveries in its time say nothing. */
  isOutage: boolean;
  inject: (context: FaultContext) => Promise<Injected>;
}

/** A length between two, chosen by a die. */
export const between = (min: number, max: number, die: number): number => Math.round(min + (max - min) * die);
