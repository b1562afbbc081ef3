const SECRET_NAME = /^(?:splunk\.secret|.*\.(?:pem|key|p12|pfx|jks)|o?passwd(?:[-~]|\.(?:bak|old|orig).*)?)$/;
/** Below `etc`, or at the top of an upload that is an `etc` without its name. */
const SECRET_TOP = new Set(['auth', 'licenses']);
const SECRET_ANYWHERE = new Set(['.git', 'distserverkeys']);

/**
 * Whether the content of a file must never be stored, whoever asks: keys, password files, licences, repositories. From
 * the path alone, in any case of letters and with either separator; `apps/x/lib/auth/client.py` is no such file.
 */
export function isSecretFile(path: string): boolean {
  const folders = path.toLowerCase().split(/[/\\]+/);
  const name = folders.pop() ?? '';
  if (SECRET_NAME.test(name)) return true;
  return folders.some((folder, depth) => {
    if (SECRET_ANYWHERE.has(folder)) return true;
    const above = folders[depth - 1];
    return SECRET_TOP.has(folder) && (above === undefined || above === '.' || above === '' || above === 'etc');
  });
}
