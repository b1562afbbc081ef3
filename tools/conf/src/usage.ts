export const USAGE = `Reads Splunk configuration as Splunk does.

  conf parse PATH… [--json] [--show-secrets]   what is configured, stanza by stanza
  conf check PATH… [--json] [--severity S]     what is wrong with it, and what to do
  conf mask  PATH… [--json]                    the same text without its secrets
  conf btool CONF list [PREFIX] --etc PATH     what holds, as "splunk btool CONF list" prints it
  conf event --etc PATH --source S …           what holds of props for one event, stanza by stanza
  conf codes                                   every finding there is, as Markdown

PATH is a .conf or .meta file, a folder, or an archive (.tgz, .tar.gz, .spl, .tar, .zip), which is not unpacked;
"-" reads a file or an archive from standard input.

  --json           one JSON object per file and line, for machines
  --name NAME      what standard input is called, such as props.conf: some findings and secrets depend on it
  --severity S     the least that counts as a finding: error, warning or info (the default)
  --show-secrets   show secrets instead of ********
  --etc PATH       of btool and event: the etc of an instance, a folder or an archive
  --debug          of both: with the file that each line comes from
  --home PATH      of both: where Splunk is installed, /opt/splunk unless said otherwise
  --app APP        of both: as that app sees it; with --user USER also as that user does
  --instance ROOT  of both: which instance, where there are several
  --source S       of event: its source; likewise --host H and --sourcetype T, which its source may give it
  -h, --help       this text

Exit codes: 0 nothing found, 1 findings, 2 it was called wrongly or something could not be read.
`;
