const UNITS: Readonly<Record<string, number>> = { M: 1, MI: 1, MIB: 1, MB: 1, G: 1024, GI: 1024, GIB: 1024, GB: 1024 };

/** MiB of `1536Mi`, `1Gi`, `1536M` or `2g`, as Kubernetes and Compose write memory; 0 when it is none of these. */
export function mebibytesOf(text: string): number {
  const [, number, unit] = /^(\d+)([a-z]+)$/i.exec(text) ?? [];
  return Number(number ?? 0) * (UNITS[unit?.toUpperCase() ?? ''] ?? 0);
}
