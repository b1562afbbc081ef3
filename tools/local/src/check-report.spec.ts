import { readJestReport, reportOfJest, sumReports } from './check-report.ts';

const suite = (status: string, ...tests: string[]) => ({
  name: 'a.spec.ts',
  status,
  message: '',
  assertionResults: tests.map((test, i) => ({ status: test, fullName: `test ${i}` })),
});

describe('the count of npm test', () => {
  it('takes passed and failed tests from the results', () => {
    expect(reportOfJest({ numPassedTests: 1, testResults: [suite('failed', 'passed', 'failed')] })).toEqual({
      passed: 1,
      failures: ['test 1 (failed)'],
    });
  });

  it('counts a suite that could not run as a failure', () => {
    expect(reportOfJest({ numPassedTests: 0, testResults: [suite('failed')] }).failures).toEqual([
      'a.spec.ts did not run',
    ]);
  });

  it('counts skipped and promised tests as failures', () => {
    const report = reportOfJest({ numPassedTests: 0, testResults: [suite('passed', 'pending', 'todo')] });
    expect(report.failures).toEqual(['test 0 (pending)', 'test 1 (todo)']);
  });

  it('counts missing results as a failure', () => {
    expect(readJestReport('/nonexistent/results.json', 'the unit tests of x')).toEqual({
      passed: 0,
      failures: ['the unit tests of x wrote no results'],
    });
  });

  it('adds up', () => {
    expect(
      sumReports([
        { passed: 2, failures: ['a'] },
        { passed: 3, failures: ['b', 'c'] },
      ]),
    ).toEqual({ passed: 5, failures: ['a', 'b', 'c'] });
  });
});
