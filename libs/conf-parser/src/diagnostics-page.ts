import { DIAGNOSTICS, type Severity, TREE_CODES } from './diagnostic.ts';

const SECTIONS: readonly (readonly [Severity, title: string, meaning: string])[] = [
  ['error', 'Errors', 'Splunk reads something else than was meant, or nothing.'],
  [
    'warning',
    'Warnings',
    'Splunk may read something else than was meant, or somebody may read what was not meant for them.',
  ],
  ['info', 'Notes', 'Nothing is wrong; it may be worth knowing.'],
];

/** The page that describes every finding, as Markdown: the catalogue for people. */
export function diagnosticsPage(): string {
  const codes = Object.entries(DIAGNOSTICS);
  const sections = SECTIONS.map(([severity, title, meaning]) => {
    const entries = codes
      .filter(([, [level]]) => level === severity)
      .map(([code, [, message, remedy]]) => `### ${code}\n\n${message}\n\n→ ${remedy}\n${whereFound(code)}`);
    return entries.length === 0 ? '' : `## ${title}\n\n${meaning}\n\n${entries.join('\n')}`;
  });
  return `# Findings\n\nThe codes are stable: scripts may rely on them. A finding has a code, a severity, a line, a column, a message and a\nremedy.\n\n${sections.filter((section) => section !== '').join('\n')}`;
}

function whereFound(code: string): string {
  const isAmongFiles = TREE_CODES.some((one) => one === code);
  return isAmongFiles ? '\nFound by `conf check` in a folder or an archive; the services do not look for it.\n' : '';
}
