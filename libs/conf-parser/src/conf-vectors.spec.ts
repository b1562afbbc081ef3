import { readFileSync } from 'node:fs';
import { parseConfBytes } from './parse-conf.ts';

interface Vector {
  id: string;
  title: string;
  file: string;
  input: string;
  expect: {
    stanzas: {
      name: string;
      header_lines: number[];
      keys: { key: string; value: string; line: number; end_line: number }[];
    }[];
    diagnostics?: { line: number; code: string }[];
  };
}

const fixture = JSON.parse(readFileSync(new URL('./fixtures/conf-vectors.json', import.meta.url), 'utf8')) as {
  vectors: Vector[];
  inferred_vectors: Vector[];
};

describe('the conf format', () => {
  it.each(
    [...fixture.vectors, ...fixture.inferred_vectors].map((vector) => [vector.id, vector.title, vector] as const),
  )('%s: %s', (_id, _title, vector) => {
    const kind = vector.file.endsWith('.meta') ? 'meta' : 'conf';
    const parsed = parseConfBytes(new TextEncoder().encode(vector.input), { kind });
    const stanzas = parsed.stanzas.map(({ name, headerLines, settings }) => ({
      name,
      header_lines: headerLines,
      keys: settings.map(({ key, value, line, endLine }) => ({ key, value, line, end_line: endLine })),
    }));
    expect(stanzas).toEqual(vector.expect.stanzas);
    if (vector.expect.diagnostics)
      expect(parsed.diagnostics.map(({ line, code }) => ({ line, code }))).toEqual(vector.expect.diagnostics);
    else expect(parsed.diagnostics.filter((d) => d.code === 'junk-line' || d.code === 'header-unclosed')).toEqual([]);
  });
});
