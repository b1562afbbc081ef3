/** The settings a development server starts with, as arguments of `postgres`. */
export function postgresOptions(port: number, durable: boolean): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // Paths of Unix sockets may not exceed about 100 bytes, and checkouts can lie deeper; TCP is enough.
    unix_socket_directories: '',
    max_connections: '200',
    max_wal_size: '2GB',
    log_line_prefix: '%m [%p] ',
  };
  // A test throws its data away: it need not survive a power cut.
  if (!durable) Object.assign(settings, { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' });
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Quotes arguments for the one string that `pg_ctl -o` hands to a shell. */
export const shellWords = (args: string[]): string => args.map((arg) => `'${arg.replaceAll("'", `'\\''`)}'`).join(' ');
