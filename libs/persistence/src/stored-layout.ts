/** What a reader of a run has to know of its upload beyond the files: which instances it holds, and their inputs. */
export interface StoredLayout {
  /** In byte order of the roots. */
  instances: readonly StoredInstance[];
  /** Schemes of modular inputs, by the spec that declares them, in byte order of the paths. */
  schemes: readonly StoredSchemes[];
  /** The first entries of the archive that could not be taken in, and why; with how many there are in all. */
  leftOut?: readonly { path: string; reason: string }[];
  leftOutCount?: number;
}

export interface StoredInstance {
  /** The folder of the upload that is its `etc`, or stands for it; `''` is the top. */
  root: string;
  kind: 'etc' | 'diag' | 'apps' | 'files';
  targets: readonly ('instance' | 'clients' | 'peers' | 'members')[];
  /** What a diag left out, in the words of its own list: a file that is not here may be there. */
  leftOut?: readonly string[];
}

export interface StoredSchemes {
  path: string;
  instance: string;
  app: string | null;
  scope: string | null;
  names: readonly string[];
}
