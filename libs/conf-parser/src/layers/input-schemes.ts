/** Kinds of inputs that Splunk itself brings and that are no modular inputs, whoever describes them again. */
const BUILT_IN = new Set([
  ...['script', 'monitor', 'batch', 'tcp', 'udp', 'splunktcp', 'http', 'fschange'],
  ...['tcp-ssl', 'splunktcp-ssl', 'splunktcptoken', 'fifo', 'remote_queue'],
]);

/** Modular inputs that Splunk itself brings. */
export const OWN_SCHEMES: readonly string[] = ['journald'];
/** Those that it brings on Windows alone. */
export const WINDOWS_SCHEMES: readonly string[] = [
  ...['WinEventLog', 'MonitorNoHandle', 'admon', 'perfmon', 'WinRegMon', 'WinHostMon', 'WinPrintMon', 'WinNetMon'],
  ...['powershell', 'powershell2'],
];

/** A scheme is called as its program is. */
const SCHEME_HEADER = /^\[(\w[\w.+-]{0,99}):\/\//;
/** No app has so many inputs; what comes behind them is not looked at. */
const MAX_SCHEMES = 1000;

/**
 * The schemes of modular inputs that an `inputs.conf.spec` declares: each `[scheme://…]` at the left edge of a line,
 * without doubles, in the order of the file.
 */
export function schemesOf(spec: string): string[] {
  const schemes = new Set<string>();
  for (const line of spec.replace(/^\ufeff/, '').split('\n')) {
    const scheme = SCHEME_HEADER.exec(line)?.[1];
    if (scheme !== undefined && !BUILT_IN.has(scheme)) schemes.add(scheme);
    if (schemes.size === MAX_SCHEMES) break;
  }
  return [...schemes];
}

/** The scheme of an input's stanza name, as `monitor` of `monitor:///var/log`; null when it has none. */
export function schemeOf(stanza: string): string | null {
  const at = stanza.indexOf('://');
  return at > 0 ? stanza.slice(0, at) : null;
}
