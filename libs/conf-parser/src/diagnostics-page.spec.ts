import { readFileSync } from 'node:fs';
import { DIAGNOSTICS, FILE_CODES } from './diagnostic.ts';
import { diagnosticsPage } from './diagnostics-page.ts';

const page = readFileSync(new URL('../../../docs/diagnostics.md', import.meta.url), 'utf8');

describe('the page of findings', () => {
  it('describes the catalogue; after a change of it, `npx conf codes > docs/diagnostics.md` writes it anew', () => {
    expect(page).toBe(diagnosticsPage());
  });

  it('names every code once, with a sentence and a remedy', () => {
    const codes = [...page.matchAll(/^### (.*)$/gm)].map(([, code]) => code);
    expect(codes.toSorted()).toEqual(Object.keys(DIAGNOSTICS).toSorted());
    for (const [code, [, message, remedy]] of Object.entries(DIAGNOSTICS)) {
      expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(page.includes(`${remedy}\n\nFound by \`conf check\``)).toBe(!FILE_CODES.some((one) => one === code));
      for (const sentence of [message, remedy]) expect(sentence).toMatch(/^[A-Z].*\.$/);
    }
  });
});
