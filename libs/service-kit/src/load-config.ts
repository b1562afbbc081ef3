import { BadSetting, type Setting } from './setting.ts';

/** Settings by the name of their environment variable. */
export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** The values that settings were read into. */
export type Config<S extends Settings> = {
  readonly [Name in keyof S]: S[Name] extends Setting<infer Value> ? Value : never;
};

/** The environment does not say what it must. One line a variable: its name, what it must be, and what it is for. */
export class BadConfig extends Error {
  override readonly name = 'BadConfig';
}

/**
 * Reads all settings at once, at the start of a process. A variable that is empty counts as unset.
 *
 * @throws BadConfig that names every variable that is missing or wrong, and shows no secret
 */
export function loadConfig<S extends Settings>(settings: S, env: NodeJS.ProcessEnv): Config<S> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) {
    const given = env[name] || setting.fallback;
    if (given === undefined && setting.optional) continue;
    if (given === undefined) {
      problems.push(`${name} is not set. ${setting.about}`);
      continue;
    }
    try {
      values[name] = setting.read(given);
    } catch (error) {
      if (!(error instanceof BadSetting)) throw error;
      const shown = setting.secret ? 'not valid' : JSON.stringify(given);
      problems.push(`${name} is ${shown}: it must be ${error.message}. ${setting.about}`);
    }
  }
  if (problems.length > 0) throw new BadConfig(problems.join('\n'));
  return values as Config<S>;
}
