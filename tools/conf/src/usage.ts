export const USAGE = `Reads Splunk configuration as Splunk does.

  conf parse PATH… [--json] [--show-secrets]   what is configured, stanza by stanza
  conf check PATH… [--json] [--severity S]     what is wrong with it, and what to do
  conf mask  PATH… [--json]                    the same text without its secrets
  conf codes                                   every finding there is, as Markdown

PATH is a .conf or .meta file, a folder, or an archive (.tgz, .tar.gz, .spl, .tar, .zip), which is not unpacked;
"-" reads one file from standard input.

  --json           one JSON object per file and line, for machines
  --name NAME      what standard input is called, such as props.conf: some findings and secrets depend on it
  --severity S     the least that counts as a finding: error, warning or info (the default)
  --show-secrets   show secrets instead of ********
  -h, --help       this text

Exit codes: 0 nothing found, 1 findings, 2 it was called wrongly or something could not be read.
`;
