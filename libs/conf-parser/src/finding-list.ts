import { type Diagnostic, diagnostic, type DiagnosticCode, MAX_DIAGNOSTICS } from './diagnostic.ts';

/** Most files have no findings, and share this. */
const NONE: readonly Diagnostic[] = Object.freeze([]);

/** The findings of one reader of a file: the first of them, and how many there were beyond. */
export class FindingList {
  kept: readonly Diagnostic[] = NONE;
  leftOut = 0;

  add(code: DiagnosticCode, line: number, column: number, remedy?: string): void {
    if (this.kept === NONE) this.kept = [];
    if (this.kept.length < MAX_DIAGNOSTICS) (this.kept as Diagnostic[]).push(diagnostic(code, line, column, remedy));
    else this.leftOut++;
  }
}

/**
 * The findings of two readers of one file, in the order of lines. Beyond `MAX_DIAGNOSTICS` one more says how many
 * are left out.
 */
export function joinFindings(first: FindingList, second: FindingList): Diagnostic[] {
  if (first.kept === NONE && second.kept === NONE) return [];
  const all = [...first.kept, ...second.kept].sort((a, b) => a.line - b.line);
  const listed = all.slice(0, MAX_DIAGNOSTICS);
  const leftOut = all.length - listed.length + first.leftOut + second.leftOut;
  const last = listed.at(-1);
  if (last && leftOut > 0) {
    const message = `${leftOut} more ${leftOut === 1 ? 'finding is' : 'findings are'} left out.`;
    listed.push({ ...diagnostic('too-many-diagnostics', last.line, last.column), message });
  }
  return listed;
}
