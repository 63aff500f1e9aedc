// A folder, as far as files are put into it that must not be half there: on a board's boot partition, in an image of
// one, in /etc. What is in it after a power cut is decided by the order of these five calls, so tests cut them anywhere.

export interface Folder {
  /** As people know it: its path. */
  readonly name: string;
  list(): Promise<string[]>;
  /** @returns null when there is no such file */
  read(name: string): Promise<Buffer | null>;
  /**
   * A new file in place of any of that name, on the medium when it returns; a power cut may leave a part of it.
   * @param mode of the file, where its file system has modes
   */
  write(name: string, bytes: Uint8Array, mode?: number): Promise<void>;
  /** In place of any of that name: a power cut leaves the one or the other. */
  rename(from: string, to: string): Promise<void>;
  /** Overwrites and removes a file, if it is there. */
  scrub(name: string): Promise<void>;
}

/** What is not whole yet is called so, until it is. */
export const UNFINISHED = '.new';

/** Replaces one file as a whole. */
export async function replaceFile(folder: Folder, name: string, bytes: Uint8Array, mode?: number): Promise<void> {
  await unlessItFails(folder, [name], () => folder.write(name + UNFINISHED, bytes, mode));
  await folder.rename(name + UNFINISHED, name);
}

/** Leaves nothing unfinished of these files behind when the work fails. */
export async function unlessItFails(
  folder: Folder,
  names: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    for (const name of names) await folder.scrub(name + UNFINISHED).catch(() => undefined);
    throw error;
  }
}
