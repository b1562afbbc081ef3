import { parse } from 'yaml';
import { checkImage, checkWorkerMemory, settingsOfImage } from './check-policies.ts';
import { ALL_SETTINGS, checkVariable } from './known-settings.ts';

interface ComposeService {
  image: string;
  profiles?: string[];
  environment?: Record<string, string>;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  deploy?: { resources?: { limits?: { cpus?: string; memory?: string } } };
}

/** A reference to a variable of the shell or of .env, with what stands for it when it is empty. */
const REFERENCE = /\$\{([A-Z0-9_]+)(?::-((?:[^${}]|\$\{[^}]*\})*))?\}/g;

/** The text with every reference replaced by its default. */
export function withDefaults(text: string): string {
  const replaced = text.replace(REFERENCE, (_, __, fallback: string | undefined) => fallback ?? '');
  return replaced === text ? text : withDefaults(replaced);
}

/** Holds a compose file against our own rules. Returns what is wrong, one sentence each. */
export function checkCompose(text: string): string[] {
  const { services } = parse(text, { merge: true }) as { services: Record<string, ComposeService> };
  return Object.entries(services).flatMap(([name, service]) => checkService(name, service));
}

function checkService(where: string, service: ComposeService): string[] {
  const image = withDefaults(service.image);
  const problems = checkImage(where, image);
  const { memory, cpus } = service.deploy?.resources?.limits ?? {};
  if (memory === undefined || cpus === undefined) problems.push(`${where}: has no limits.`);
  if (!service.cap_drop?.includes('ALL')) problems.push(`${where}: keeps capabilities.`);
  if (!service.security_opt?.includes('no-new-privileges:true')) problems.push(`${where}: may gain privileges.`);
  const settings = settingsOfImage(image);
  if (!settings) return problems;
  if (service.read_only !== true) problems.push(`${where}: may write to its image.`);
  const environment = service.environment ?? {};
  for (const [name, value] of Object.entries(environment)) {
    problems.push(...checkVariable(where, settings, name, withDefaults(value)));
    const [, referenced] = /^\$\{([A-Z0-9_]+)/.exec(value) ?? [];
    if (referenced !== undefined && referenced !== name) problems.push(`${where}: ${name} is given ${referenced}.`);
  }
  for (const name of Object.keys(settings))
    if (!(name in environment) && !FIXED.includes(name)) problems.push(`${where}: ${name} cannot be set through it.`);
  if (settings['WORKER_CHILD_MEMORY_MB'] !== undefined) {
    const given = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, withDefaults(value)]));
    problems.push(...checkWorkerMemory(where, given, withDefaults(memory ?? '0M')));
  }
  return problems;
}

/** What the images and the stack decide. */
const FIXED = ['PORT', 'HOST', 'STORAGE_PATH'];

/** Variables of a compose file that its .env may set. */
export const referencedIn = (text: string): Set<string> =>
  new Set([...text.matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name]) => name ?? ''));

/** Holds .env.example against the compose file that reads it and the settings. Returns what is wrong, one sentence each. */
export function checkEnvExample(example: string, compose: string): string[] {
  const referenced = referencedIn(compose);
  const shown = new Map(
    [...example.matchAll(/^#?([A-Z0-9_]+)=(.*)$/gm)].map(([, name, value]) => [name ?? '', value ?? '']),
  );
  const problems: string[] = [];
  for (const [name, value] of shown) {
    if (!referenced.has(name)) problems.push(`.env.example: nothing reads ${name}.`);
    const fallback = ALL_SETTINGS[name]?.fallback;
    if (fallback !== undefined && value !== fallback)
      problems.push(`.env.example: the default of ${name} is ${fallback}, not ${value}.`);
  }
  for (const name of referenced) if (!shown.has(name)) problems.push(`.env.example: ${name} is not explained.`);
  return problems;
}
