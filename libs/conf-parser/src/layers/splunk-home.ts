import type { Place } from './place-on-target.ts';

/** Where Splunk is installed unless somebody says otherwise. */
export const DEFAULT_HOME = '/opt/splunk';

/** `$SPLUNK_HOME` of an instance, which also says what system it runs on. */
export class SplunkHome {
  readonly path: string;
  readonly isWindows: boolean;
  readonly #separator: string;

  /** @param path such as `/opt/splunk` or `C:\Program Files\Splunk` */
  constructor(path: string = DEFAULT_HOME) {
    this.isWindows = /^(?:[A-Za-z]:|\\\\)/.test(path);
    this.#separator = this.isWindows ? '\\' : '/';
    this.path = this.isWindows ? path.replaceAll('/', '\\').replace(/\\+$/, '') : path.replace(/\/+$/, '');
  }

  /** The path of a file or folder below `$SPLUNK_HOME`, as the system writes it. */
  join(...segments: readonly string[]): string {
    const below = segments.join('/');
    return `${this.path}${this.#separator}${this.isWindows ? below.replaceAll('/', '\\') : below}`;
  }

  /** The path of a conf file as btool shows it. A file that came alone lies nowhere, and keeps its name. */
  fileAt({ scope, path }: Place): string {
    return scope === 'single' ? path : this.join('etc', path);
  }

  /** Replaces `$SPLUNK_HOME` by its path. */
  expand(text: string): string {
    return text.includes('$SPLUNK_HOME') ? text.replaceAll(/\$SPLUNK_HOME(?!\w)/g, () => this.path) : text;
  }
}
