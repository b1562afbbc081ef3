import { readFileSync } from 'node:fs';

/** What one part of `npm test` found. */
export interface CheckReport {
  passed: number;
  /** A sentence for each failure. */
  failures: string[];
}

interface JestResults {
  numPassedTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { status: string; fullName: string }[];
  }[];
}

/**
 * Counts a result file of Jest. A suite that could not run counts as one failure, and so does every test that did not
 * run: a skipped test proves nothing.
 */
export function reportOfJest(results: JestResults): CheckReport {
  const failures: string[] = [];
  for (const suite of results.testResults) {
    if (suite.status === 'failed' && !suite.assertionResults.some((test) => test.status === 'failed'))
      failures.push(`${suite.name} did not run`);
    for (const test of suite.assertionResults)
      if (test.status !== 'passed') failures.push(`${test.fullName} (${test.status})`);
  }
  return { passed: results.numPassedTests, failures };
}

/** Reads a result file of Jest; a missing or broken one is a failure of its own. */
export function readJestReport(file: string, name: string): CheckReport {
  try {
    return reportOfJest(JSON.parse(readFileSync(file, 'utf8')) as JestResults);
  } catch {
    return { passed: 0, failures: [`${name} wrote no results`] };
  }
}

/** Adds reports up. */
export function sumReports(reports: CheckReport[]): CheckReport {
  return {
    passed: reports.reduce((sum, report) => sum + report.passed, 0),
    failures: reports.flatMap((report) => report.failures),
  };
}
