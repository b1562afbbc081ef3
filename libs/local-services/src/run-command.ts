import { spawn } from 'node:child_process';

/** How a command ended: `code` is null when it could not be started or was ended by a signal. */
export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Options of {@link runCommand}; uid and gid only work for root. */
export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
  input?: string;
  /** Kill the command after this long. */
  timeoutMs?: number;
  /** A daemon left behind by the command would hold pipes open for ever: do not wait for its output. */
  ignoreOutput?: boolean;
}

const MAX_OUTPUT_CHARS = 1_000_000;

/** Runs one command to its end. Never throws: a command that cannot be started has `code: null` and the reason in `stderr`. */
export function runCommand(command: string, args: string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { input, timeoutMs, ignoreOutput = false, ...rest } = options;
  const output = ignoreOutput ? 'ignore' : 'pipe';
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...rest, stdio: ['pipe', output, output], timeout: timeoutMs });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout = keepTail(stdout + text)));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr = keepTail(stderr + text)));
    child.on('error', (error) => resolve({ code: null, stdout, stderr: `${stderr}${error.message}` }));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    // A command that ends before it has read its input is judged by its exit code, not by the broken pipe.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}

const keepTail = (text: string): string => (text.length > MAX_OUTPUT_CHARS ? text.slice(-MAX_OUTPUT_CHARS) : text);
