// What describes and reads settings, without the rest of the kit: for libraries that bring settings of their own.
export { BadConfig, type Config, loadConfig, type Settings } from './load-config.ts';
export * from './setting.ts';
