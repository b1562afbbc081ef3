import { Session } from 'node:inspector';

interface FunctionCoverage {
  functionName: string;
  ranges: { startOffset: number; endOffset: number; count: number }[];
}

interface ScriptCoverage {
  url: string;
  functions: FunctionCoverage[];
}

/** Tells whether an input made the parser or the merger do something new, by the blocks that V8 counts. */
export class Coverage {
  readonly #session = new Session();
  readonly #seen = new Set<string>();

  start(): void {
    this.#session.connect();
    this.#post('Profiler.enable');
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Blocks that ran since the last look and never before. */
  newBlocks(): number {
    const { result } = this.#post('Profiler.takePreciseCoverage') as { result: ScriptCoverage[] };
    const before = this.#seen.size;
    for (const { url, functions } of result) {
      if (!url.includes('conf-parser')) continue;
      for (const { functionName, ranges } of functions)
        for (const { startOffset, endOffset, count } of ranges)
          // How often a block runs tells loops apart: once, a few times, many times.
          if (count > 0)
            this.#seen.add(
              `${url}|${functionName}|${startOffset}|${endOffset}|${Math.min(3, Math.floor(Math.log2(count)))}`,
            );
    }
    return this.#seen.size - before;
  }

  get blocks(): number {
    return this.#seen.size;
  }

  stop(): void {
    this.#post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }

  /** An in-process session answers at once. */
  #post(method: string, params: object = {}): unknown {
    let answer: unknown;
    this.#session.post(method, params, (error, result) => {
      if (error) throw error;
      answer = result;
    });
    return answer;
  }
}
