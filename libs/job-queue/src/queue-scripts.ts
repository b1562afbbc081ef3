import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

type Reply = string | number | null | Reply[];

/** A Lua script of `libs/job-queue/lua`, sent by its hash once the server knows it. */
class Script {
  readonly #name: string;
  readonly #lua: string;

  constructor(name: string) {
    this.#name = `confscope_${name}`;
    this.#lua = readFileSync(new URL(`../lua/${name}.lua`, import.meta.url), 'utf8');
  }

  /** Runs on this connection. Errors of the server pass through. */
  run(redis: Redis, keys: string[], args: (string | number)[]): Promise<Reply> {
    const commands = redis as unknown as Record<string, (...args: (string | number)[]) => Promise<Reply>>;
    if (!(this.#name in commands)) redis.defineCommand(this.#name, { lua: this.#lua });
    const command = commands[this.#name];
    if (!command) throw new Error(`The script ${this.#name} was not defined.`);
    return command.call(redis, keys.length, ...keys, ...args);
  }
}

export const exchangeScript = new Script('exchange');
export const beatScript = new Script('beat');
export const giveBackScript = new Script('give-back');
export const delayScript = new Script('delay');
export const promoteScript = new Script('promote');
export const leaveScript = new Script('leave');
export const tidyScript = new Script('tidy');
export const silentScript = new Script('silent');
export const clearScript = new Script('clear');
