import { type Diagnostic, diagnostic, type DiagnosticCode, MAX_DIAGNOSTICS } from './diagnostic.ts';

/** The findings of one reader of a file: the first of them, and how many there were beyond. */
export class FindingList {
  readonly kept: Diagnostic[] = [];
  leftOut = 0;

  add(code: DiagnosticCode, line: number, column: number): void {
    if (this.kept.length < MAX_DIAGNOSTICS) this.kept.push(diagnostic(code, line, column));
    else this.leftOut++;
  }
}

/**
 * The findings of several readers of one file, in the order of lines. Beyond `MAX_DIAGNOSTICS` one more says how many
 * are left out.
 */
export function joinFindings(...lists: FindingList[]): Diagnostic[] {
  // Most files have none.
  if (lists.every((list) => list.kept.length === 0)) return [];
  const all = lists.flatMap((list) => list.kept).sort((a, b) => a.line - b.line);
  const listed = all.slice(0, MAX_DIAGNOSTICS);
  const leftOut = lists.reduce((sum, list) => sum + list.leftOut, all.length - listed.length);
  const last = listed.at(-1);
  if (last && leftOut > 0) {
    const message = `${leftOut} more ${leftOut === 1 ? 'finding is' : 'findings are'} left out.`;
    listed.push({ ...diagnostic('too-many-diagnostics', last.line, last.column), message });
  }
  return listed;
}
