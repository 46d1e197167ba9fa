import { parseCaptureKey } from '../core/capture-key';
import { ledgerHour } from '../ledger/entry';
import { atOnce } from './at-once';
import type { CaptureListing, FolderReader, ListedFile, ListedHours } from './capture-listing';

/**
 * The folders below a capture prefix: `{endpoint}/{variant}/yyyy/mm/dd/hh/`, in any number of endpoints and variants,
 * whatever stands between (SageMaker writes `//` for a destination that ended with a slash). A folder counts as a year
 * only after a key below it proved that it is one: an endpoint may be named `2026`, and nothing may be passed over.
 */
export class CaptureTree implements CaptureListing {
  /** Files beside the layout, or in it where no year was proved. */
  private readonly strays: ListedFile[] = [];
  private hasTooMany = false;

  constructor(
    private readonly reader: FolderReader,
    /** Ends with `/`. */
    private readonly root: string,
    private readonly onTooMany: (limit: number) => void = () => undefined,
  ) {}

  async survey(hours: readonly string[]): Promise<ListedHours> {
    const wanted = new Set(hours);
    const folders = new Map<string, readonly string[]>();
    for await (const found of this.newestFirst((start) => hours.some((hour) => hour.startsWith(start))))
      if (wanted.has(found.hour)) folders.set(found.hour, found.folders);
    return { files: (hour) => this.filesOf(hour, folders.get(hour) ?? []) };
  }

  /** Hour folders, those of one hour together, the newest first. `wants` is asked with the start of hours: `2026-09`. */
  async *newestFirst(wants: (hourStart: string) => boolean): AsyncGenerator<{ hour: string; folders: string[] }> {
    this.strays.length = 0;
    yield* this.newestBelow(await this.years(), '', wants);
  }

  /** Files of an hour, given its folders; `NO_HOUR`: those that were found outside of all hours so far. */
  async filesOf(hour: string, folders: readonly string[]): Promise<readonly ListedFile[]> {
    const files = this.strays.filter(({ file }) => ledgerHour(file.key) === hour);
    await atOnce(folders, FOLDERS_AT_ONCE, async (folder) => {
      for await (const file of this.below(folder))
        if (ledgerHour(file.file.key) === hour) files.push(file);
        else this.keepStray(file);
    });
    return files.sort((a, b) => (a.file.key < b.file.key ? -1 : 1));
  }

  /** What was found outside of all folders of hours, but for the files that belong to these hours all the same. */
  straysBeside(hours: ReadonlySet<string>): readonly ListedFile[] {
    return this.strays.filter(({ file }) => !hours.has(ledgerHour(file.key)));
  }

  private async *below(folder: string): AsyncGenerator<ListedFile> {
    for await (const page of this.reader.list(folder)) {
      yield* page.files;
      for (const folderBelow of page.folders) yield* this.below(folderBelow);
    }
  }

  /** Every proved year folder, of all endpoints and variants. */
  private async years(): Promise<string[]> {
    const years: string[] = [];
    let level = [this.root];
    while (level.length > 0) {
      const below = (await atOnce(level, FOLDERS_AT_ONCE, (folder) => this.foldersIn(folder))).flat();
      const isYear = await atOnce(below, FOLDERS_AT_ONCE, (folder) => this.isYear(folder));
      years.push(...below.filter((_, at) => isYear[at]));
      level = below.filter((_, at) => isYear[at] === false);
    }
    return years;
  }

  private async isYear(folder: string): Promise<boolean> {
    if (!/\/\d{4}\/$/.test(folder)) return false;
    const key = await this.reader.anyKey(folder);
    // From the right: year, month, day, hour, name.
    return key !== null && parseCaptureKey(key) !== null && `${key.split('/').slice(0, -4).join('/')}/` === folder;
  }

  private async *newestBelow(
    folders: readonly string[],
    start: string,
    wants: (hourStart: string) => boolean,
  ): AsyncGenerator<{ hour: string; folders: string[] }> {
    const byName = new Map<string, string[]>();
    for (const folder of folders) {
      const name = folder.split('/').at(-2) ?? '';
      byName.set(name, [...(byName.get(name) ?? []), folder]);
    }
    for (const name of [...byName.keys()].sort().toReversed()) {
      const hour = start === '' ? name : `${start}-${name}`;
      const same = byName.get(name) ?? [];
      if (!wants(hour)) continue;
      if (hour.length === HOUR_LENGTH) {
        yield { hour, folders: same };
        continue;
      }
      const below = (await atOnce(same, FOLDERS_AT_ONCE, (folder) => this.foldersIn(folder))).flat();
      const isDate = (folder: string): boolean => /\/\d\d\/$/.test(folder);
      for (const odd of below.filter((folder) => !isDate(folder)))
        for await (const file of this.below(odd)) this.keepStray(file);
      yield* this.newestBelow(below.filter(isDate), hour, wants);
    }
  }

  private async foldersIn(folder: string): Promise<readonly string[]> {
    const folders: string[] = [];
    for await (const page of this.reader.list(folder)) {
      for (const file of page.files) this.keepStray(file);
      folders.push(...page.folders);
    }
    return folders;
  }

  private keepStray(file: ListedFile): void {
    if (this.strays.length < MAX_STRAYS) this.strays.push(file);
    else if (!this.hasTooMany) {
      this.hasTooMany = true;
      this.onTooMany(MAX_STRAYS);
    }
  }
}

/** A call takes some 20 ms, most of them waiting. */
const FOLDERS_AT_ONCE = 16;

/** Some 40 MB. SageMaker writes none at all; whoever puts captures there by hand can put them in folders of hours. */
export const MAX_STRAYS = 100_000;

const HOUR_LENGTH = '2026-09-01-14'.length;
