// Preloaded into the services of a storm: shifts the wall clock of the process by as many milliseconds as the file that
// CHAOS_CLOCK_FILE names says, and follows the file, so that a clock can jump while the service runs. Timers and
// performance.now() are left alone, as the monotonic clock of a machine is when its wall clock is set; libfaketime moves
// both, which no machine does.
import { readFileSync } from 'node:fs';

const file = process.env.CHAOS_CLOCK_FILE;
const RealDate = Date;
let shiftMs = 0;

function follow() {
  try {
    shiftMs = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    shiftMs = 0;
  }
}

if (file) {
  follow();
  setInterval(follow, 200).unref();
  globalThis.Date = class Date extends RealDate {
    constructor(...args) {
      if (args.length === 0) super(RealDate.now() + shiftMs);
      else super(...args);
    }
    static now() {
      return RealDate.now() + shiftMs;
    }
  };
}
