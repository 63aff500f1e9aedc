// Who belongs to a fleet: a board is in the fleet file, its password in the folder beside it, the hash of that in the
// broker's credentials. The fleet file is written last and read first: who is not in it is not in the fleet.

import { access, chmod, mkdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { addClient, listClients, removeClient, renewClient } from '../../broker/credentials.js';
import type { Role } from '../../broker/roles.js';
import { ConfigurationError } from '../../errors.js';
import { MASTER_ID } from '../../protocol/topics.js';
import { fillNewSecret } from '../new-secret.js';
import { diskFolder } from '../storage/disk-folder.js';
import { UNFINISHED } from '../storage/folder.js';
import { type NewFleet, newFleet, withBoard, withoutBoard, writeFleet } from './edit-fleet.js';
import { type BoardSettings, type Fleet, keyFileOf, keysFolderOf, settingsOf } from './fleet-file.js';

/** Who is in a fleet from the beginning, with its role; the broker's file may know it from before. */
export interface Founder {
  readonly id: string;
  readonly role: Role;
  /** Its password's file; null when the broker knew it before, and so its password is elsewhere. */
  readonly keyFile: string | null;
}

/** @throws ConfigurationError when there is a fleet file already */
export async function foundFleet(path: string, operator: string, settings: NewFleet): Promise<Founder[]> {
  if (await isThere(path)) {
    throw new ConfigurationError(`there is a fleet file ${path} already`, {
      remedy: 'Add boards to it with `ringtmp fleet add`, or name another with --file.',
    });
  }
  const fleet = newFleet(path, settings);
  const founders: Founder[] = [];
  await makeKeysFolder(path);
  for (const [id, role] of [
    [MASTER_ID, 'master'],
    [operator, 'operator'],
  ] as const) {
    const isKnown = await knows(fleet, id);
    if (!isKnown) await makeKey(fleet, id, role);
    founders.push({ id, role, keyFile: isKnown ? null : keyFileOf(fleet, id) });
  }
  await writeFleet(fleet);
  return founders;
}

/**
 * One that somebody has written into the file by hand is given its password, and keeps its settings.
 * @throws ConfigurationError when it is there already, or its settings are wrong: then nothing is changed
 */
export async function addBoard(fleet: Fleet, id: string, settings: BoardSettings): Promise<Fleet> {
  const isListed = fleet.boards.has(id);
  if (isListed && (Object.keys(settings).length > 0 || (await isThere(keyFileOf(fleet, id))))) {
    throw new ConfigurationError(`board "${id}" is in ${fleet.path} already`, {
      remedy: `Change it there; for a new password, such as for a lost card: \`ringtmp fleet renew ${id}\`.`,
    });
  }
  const larger = isListed ? fleet : withBoard(fleet, id, settings);
  await makeKeysFolder(fleet.path);
  if (isListed) await forget(fleet, id); // the broker may know a password of it that is lost
  await makeKey(fleet, id, 'agent');
  try {
    await writeFleet(larger);
  } catch (error) {
    await forget(fleet, id);
    throw error;
  }
  return larger;
}

/**
 * Gives a board another password. Cut short after the broker's file has changed, it leaves the board locked out: again.
 * @throws ConfigurationError when there is no such board
 */
export async function renewBoard(fleet: Fleet, id: string): Promise<void> {
  settingsOf(fleet, id); // it is there
  const keyFile = keyFileOf(fleet, id);
  const keys = diskFolder(dirname(keyFile));
  await makeKeysFolder(fleet.path);
  await keys.scrub(basename(keyFile) + UNFINISHED); // of a time when it was cut short
  const isKnown = await knows(fleet, id);
  await fillNewSecret(keyFile + UNFINISHED, () =>
    isKnown ? renewClient(fleet.credentials, id) : addClient(fleet.credentials, id, 'agent'),
  );
  await keys.scrub(basename(keyFile));
  await keys.rename(basename(keyFile) + UNFINISHED, basename(keyFile));
}

/** First of all it is locked out. */
export async function removeBoard(fleet: Fleet, id: string): Promise<Fleet> {
  settingsOf(fleet, id); // it is there
  await forget(fleet, id);
  const smaller = withoutBoard(fleet, id);
  await writeFleet(smaller);
  return smaller;
}

async function makeKey(fleet: Fleet, id: string, role: Role): Promise<void> {
  await fillNewSecret(keyFileOf(fleet, id), () => addClient(fleet.credentials, id, role));
}

async function forget(fleet: Fleet, id: string): Promise<void> {
  if (await knows(fleet, id)) await removeClient(fleet.credentials, id);
  const keyFile = keyFileOf(fleet, id);
  await diskFolder(dirname(keyFile)).scrub(basename(keyFile));
}

/** Whether the broker does. */
async function knows({ credentials }: Fleet, id: string): Promise<boolean> {
  return (await listClients(credentials)).some((client) => client.id === id);
}

async function makeKeysFolder(path: string): Promise<void> {
  const folder = keysFolderOf(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700); // it may be from before
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
