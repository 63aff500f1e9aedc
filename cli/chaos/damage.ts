// Turns a bit of the newest snapshot in a folder, as a worn memory card does.

import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const SUFFIX = '.safetensors';

/**
 * @param where in [0, 1): of its length
 * @returns the file; null when there is none
 */
export async function damageNewest(folder: string, where: number): Promise<string | null> {
  const path = await newestIn(folder);
  if (path === null) return null;
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    const position = Math.floor(where * size);
    const { buffer } = await file.read(Buffer.alloc(1), { position });
    await file.write(Buffer.of((buffer[0] as number) ^ 1), 0, 1, position);
  } finally {
    await file.close();
  }
  return path;
}

async function newestIn(folder: string): Promise<string | null> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files = await Promise.all(
    names
      .filter((name) => name.endsWith(SUFFIX))
      .map(async (name) => ({ path: join(folder, name), wroteMs: (await stat(join(folder, name))).mtimeMs })),
  );
  return files.sort((a, b) => b.wroteMs - a.wroteMs)[0]?.path ?? null;
}
