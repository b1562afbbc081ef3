import { isSecretFile } from './secret-file.ts';

describe('a file of an upload', () => {
  it.each([
    ...['etc/auth/splunk.secret', 'opt/splunk/etc/auth/server.pem', 'etc/auth/acme/cert.txt', 'auth/ca.srl'],
    ...['etc/auth/distServerKeys/trusted.pem', 'x/distServerKeys/private', 'etc/auth/audit/private.pem'],
    ...['etc/auth/splunkweb/cert', 'etc/passwd', 'etc/opasswd', 'passwd', 'etc/passwd.bak', 'etc/passwd-'],
    ...['etc/licenses/enterprise/a.lic', 'licenses/a.xml', 'diag-h-2024/etc/auth/x', './auth/x', 'splunk.secret'],
    ...['etc/apps/a/bin/client.key', 'etc/apps/a/KEY.PEM', 'a.p12', 'a.pfx', 'a/trust.jks', 'etc\\auth\\server.pem'],
    ...['.git/config', 'etc/apps/a/.git/HEAD', 'ETC/Auth/x'],
  ])('is never stored: %s', (path) => {
    expect(isSecretFile(path)).toBe(true);
  });

  it.each([
    ...['', 'etc/apps/a/default/app.conf', 'etc/apps/a/lib/auth/client.py', 'etc/apps/auth/default/app.conf'],
    ...['etc/system/local/authentication.conf', 'etc/apps/a/local/passwords.conf', 'etc/apps/a/default/passwd.conf'],
    ...['etc/apps/licenses/metadata/default.meta', '.gitignore', 'etc/apps/a/lookups/keys.csv', 'a/passwd_list.csv'],
    ...['etc/apps/a/default/data/ui/views/auth.xml', 'a/monkey', 'a/pem', 'auth'],
  ])('may be stored: %s', (path) => {
    expect(isSecretFile(path)).toBe(false);
  });
});
