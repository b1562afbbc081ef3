import { AnchorSigns, findAnchors, foldersUpFrom } from './anchors.ts';
import { ownerIn } from './classify-path.ts';
import { mayCount } from './file-name.ts';
import type { Origin } from './origin.ts';
import { alone, inApp, inEtc, nameOf, parentOf, type Placing } from './place-in-upload.ts';
import { nameOfArchive, type ShapeHints, UploadShape } from './upload-shape.ts';

/**
 * Says whose a file is while an upload is still being read: from its path and what earlier paths gave away. For uploads
 * as people make them that is what {@link UploadShape} will say in the end, and a reader of a stream can go on at once; it
 * has to compare the two when it is through, because only the shape is right in every order.
 */
export class ShapeGuess {
  readonly #signs = new AnchorSigns();
  /** Names of the apps that lie in no `etc`, by folder. */
  readonly #apps = new Map<string, string>();
  /** The folder of the last file, and whose its files are; null as long as no earlier path tells. */
  #folder: string | null = null;
  #placing: Placing | null = null;

  constructor(private readonly archiveName = '') {}

  /** The likely origin of the next file; null for one that is no configuration by its name. */
  originOf(path: string): Origin | null {
    const folder = parentOf(path);
    if (this.#signs.add(path) || folder !== this.#folder) {
      this.#folder = folder;
      this.#placing = this.#placingIn(folder);
    }
    return this.#placing ? this.#placing(path) : this.#inNew(path, folder);
  }

  /** The shape of the upload, all of whose paths that matter to it were asked for. */
  shapeOf(paths: readonly string[], hints: ShapeHints): UploadShape {
    return new UploadShape(paths, this.#signs.anchors(), hints);
  }

  #placingIn(folder: string): Placing | null {
    const etc = this.#signs.etcOf(folder);
    if (etc !== null) return inEtc(folder, etc);
    for (const appFolder of foldersUpFrom(folder)) {
      const app = this.#apps.get(appFolder);
      if (app !== undefined) return inApp(folder, appFolder, app);
    }
    return null;
  }

  #inNew(path: string, folder: string): Origin | null {
    for (const appFolder of findAnchors([path]).apps) {
      const app = nameOf(appFolder) || nameOfArchive(this.archiveName);
      this.#apps.set(appFolder, app);
      this.#placing = inApp(folder, appFolder, app);
      return this.#placing(path);
    }
    // A file that cannot count gives nothing away; it lies most likely where folders have the names of an `etc`.
    const folders = path.split('/').slice(0, -1);
    const at = mayCount(path) ? -1 : folders.findIndex((_, from) => ownerIn(folders.slice(from)) !== null);
    return at === -1 ? alone(path) : inEtc(folder, folders.slice(0, at).join('/'))(path);
  }
}
