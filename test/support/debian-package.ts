// The Debian package as it ships, and one of this machine's Node for trees that have none. Built once for all tests.

import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../../..');

/** Packing tightly takes longer than all else. */
const QUICK = { DEB_COMPRESSION: 'none' };

export const debianPackage = once(async () => {
  const folder = await folderForAll('ringtmp-deb-');
  return buildDebianPackage(folder);
});

/** @returns the path of the package in the folder */
export async function buildDebianPackage(folder: string): Promise<string> {
  await run(join(ROOT, 'packaging/build-deb.sh'), [folder], { cwd: ROOT, env: { ...process.env, ...QUICK } });
  const [name] = (await readdir(folder)).filter((each) => /^ringtmp_.*_all\.deb$/.test(each));
  return join(folder, name as string);
}

/** `nodejs` with the Node that runs this, at /usr/bin/node, where the units look for it. */
export const nodejsPackage = once(async () => {
  const folder = await folderForAll('ringtmp-nodejs-');
  const tree = join(folder, 'tree');
  await mkdir(join(tree, 'usr/bin'), { recursive: true });
  await mkdir(join(tree, 'DEBIAN'));
  await copyFile(process.execPath, join(tree, 'usr/bin/node'));
  const { stdout } = await run('dpkg', ['--print-architecture']);
  await writeFile(join(tree, 'DEBIAN/control'), nodejsControl(stdout.trim()));
  const file = join(folder, 'nodejs.deb');
  await run('dpkg-deb', ['--root-owner-group', '-Znone', '--build', tree, file]);
  return file;
});

function nodejsControl(architecture: string): string {
  const fields = {
    Package: 'nodejs',
    Version: process.versions.node,
    Architecture: architecture,
    Maintainer: 'RingTMP tests <ringtmp@packages.invalid>',
    Description: 'the Node.js of the machine that runs the tests',
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Removed when the last test is over. */
async function folderForAll(prefix: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
