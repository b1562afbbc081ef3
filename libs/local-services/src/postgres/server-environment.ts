/**
 * The environment of PostgreSQL's programs: PG* variables of the user's shell (PGDATA, PGPORT, …) would change what they do,
 * and macOS wants a valid locale named.
 */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PG') && !name.startsWith('LC_'));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}
