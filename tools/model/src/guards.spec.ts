import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canBecome } from '@confscope/domain';
import { type Guard, GUARDS } from './guards.ts';

const sqlFolder = join(import.meta.dirname, '..', '..', '..', 'libs', 'persistence', 'sql');

/** The `update runs …` of a statement, from its `set` to its `returning`. */
function updateOf(file: string): { set: string; where: string } {
  const sql = readFileSync(join(sqlFolder, `${file}.sql`), 'utf8').replaceAll(/--.*$/gm, '');
  const update = /update runs\s+set (?<set>.*?)\s+where (?<where>.*?)\s+returning/s.exec(sql)?.groups;
  if (!update) throw new Error(`${file}.sql updates no run`);
  return { set: update['set'] ?? '', where: update['where'] ?? '' };
}

/** The statuses that a text compares `status` with. */
const statusesIn = (text: string): string[] => [
  ...[...text.matchAll(/status = '(\w+)'/g)].map(([, status]) => status ?? ''),
  ...[...text.matchAll(/status in \(([^)]*)\)/g)].flatMap(([, list]) =>
    [...(list ?? '').matchAll(/'(\w+)'/g)].map(([, s]) => s ?? ''),
  ),
];

/** The statuses that a `set` gives to a run: one, or the branches of a `case`. */
function statusesSetBy(set: string): string[] {
  const value = /status = (?<value>'\w+'|case .*? end)/s.exec(set)?.groups?.['value'] ?? '';
  return [...value.matchAll(/'(\w+)'/g)].map(([, status]) => status ?? '');
}

describe('the guards of the model', () => {
  it.each(Object.entries<Guard>(GUARDS))('are those of %s.sql', (file, guard) => {
    const { set, where } = updateOf(file);
    expect(statusesIn(where).sort()).toEqual([...guard.leaves].sort());
    expect([...new Set(statusesSetBy(set))]).toEqual(guard.to);
    expect(/\battempt = \$2/.test(where)).toBe(guard.fenced);
  });

  it('speak of transitions that runs have', () => {
    for (const { leaves, to } of Object.values<Guard>(GUARDS))
      // A stored run that is asked for again stays stored, under a new task.
      for (const from of leaves) for (const status of to) expect(from === status || canBecome(from, status)).toBe(true);
  });
});
