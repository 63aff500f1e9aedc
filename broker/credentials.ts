// The credentials file: `{"clients": [{"id", "role", "hash"}]}`, readable by its owner only. The
// broker reads it again whenever it has changed, so a board can be added without a restart.

import { type FileHandle, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from '../errors.js';
import { checkName, NAME_PATTERN } from '../protocol/topics.js';
import { generatePassword, HASH_PATTERN, hashPassword, verifyPassword } from './passwords.js';
import { MASTER_ID, type Role, roleSchema } from './roles.js';

/** What the broker asks about a client that wants in. */
export interface CredentialStore {
  knows(id: string): Promise<boolean>;
  /** The client's role, or `null` for an unknown id and for a wrong password, after the same time. */
  verify(id: string, password: string | Uint8Array): Promise<Role | null>;
}

const clientSchema = z
  .strictObject({
    id: z.string().regex(NAME_PATTERN, 'must be 1 to 63 lower-case letters, digits, "-" or "_"'),
    role: roleSchema,
    hash: z.string().regex(HASH_PATTERN, 'must be a hash written by `ringtmp credentials add`'),
  })
  .refine(isMasterOnlyByName, { message: `only "${MASTER_ID}" has the role master, and it has no other` });
const fileSchema = z.strictObject({ clients: z.array(clientSchema).refine(hasUniqueIds, 'names a client twice') });

export type ClientCredential = z.infer<typeof clientSchema>;

/** All clients in the file; none when there is no file yet. */
export async function listClients(path: string): Promise<ClientCredential[]> {
  const text = await readOrNull(path);
  if (text === null) return [];
  const result = fileSchema.safeParse(parseJson(path, text));
  if (result.success) return result.data.clients;
  const faults = result.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`);
  throw new ConfigurationError(`Credentials file ${path} is not valid: ${faults.join('; ')}`, {
    remedy: 'Correct it, or delete it and add the clients again with `ringtmp credentials add`.',
  });
}

/** Adds a client and returns its password, which is stored nowhere. */
export async function addClient(path: string, id: string, role: Role): Promise<string> {
  checkName('client', id);
  if (!isMasterOnlyByName({ id, role })) {
    throw new ConfigurationError(`Client "${id}" cannot have the role ${role}`, {
      remedy: `Only "${MASTER_ID}" has the role master, and it has no other.`,
    });
  }
  const clients = await listClients(path);
  if (clients.some((client) => client.id === id)) {
    throw new ConfigurationError(`Client "${id}" is already in ${path}`, {
      remedy: `Remove it first (\`ringtmp credentials remove ${id}\`) if it needs a new password.`,
    });
  }
  const password = generatePassword();
  await writeClients(path, [...clients, { id, role, hash: await hashPassword(password) }]);
  return password;
}

/** Gives a client another password, which is returned and stored nowhere; its role stays. */
export async function renewClient(path: string, id: string): Promise<string> {
  const clients = await listClients(path);
  const at = clients.findIndex((client) => client.id === id);
  const client = clients[at];
  if (client === undefined) throw unknownClient(path, id, clients);
  const password = generatePassword();
  await writeClients(path, clients.with(at, { ...client, hash: await hashPassword(password) }));
  return password;
}

export async function removeClient(path: string, id: string): Promise<void> {
  const clients = await listClients(path);
  const others = clients.filter((client) => client.id !== id);
  if (others.length === clients.length) throw unknownClient(path, id, clients);
  await writeClients(path, others);
}

function unknownClient(path: string, id: string, clients: readonly ClientCredential[]): ConfigurationError {
  return new ConfigurationError(`There is no client "${id}" in ${path}`, {
    remedy: `It holds: ${clients.map((client) => client.id).join(', ') || 'nobody'}.`,
  });
}

/** Opens the file for the broker; it must exist and be valid. */
export async function openCredentials(path: string): Promise<CredentialStore> {
  if ((await readOrNull(path)) === null) {
    throw new ConfigurationError(`There is no credentials file ${path}`, {
      remedy: 'Make one with `ringtmp credentials add <name> --role <role>`.',
    });
  }
  const decoy = await hashPassword(generatePassword());
  const current = reloading(path, await fingerprint(path), await listClients(path));
  return {
    async knows(id) {
      return (await current()).has(id);
    },
    async verify(id, password) {
      const client = (await current()).get(id);
      const matches = await verifyPassword(client?.hash ?? decoy, password);
      return client && matches ? client.role : null;
    },
  };
}

type ClientsById = Map<string, ClientCredential>;

function reloading(path: string, seen: string, clients: ClientCredential[]): () => Promise<ClientsById> {
  let byId = indexed(clients);
  let last = seen;
  return async () => {
    const now = await fingerprint(path);
    if (now !== last) {
      byId = indexed(await listClients(path));
      last = now;
    }
    return byId;
  };
}

function indexed(clients: ClientCredential[]): ClientsById {
  return new Map(clients.map((client) => [client.id, client]));
}

/** Every write makes a new file, so the inode tells two changes within one tick of the clock apart. */
async function fingerprint(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  return found ? `${found.ino}:${found.mtimeMs}:${found.size}` : 'none';
}

async function writeClients(path: string, clients: ClientCredential[]): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await giveToOwnerOfFolder(file, path);
      await file.writeFile(`${JSON.stringify({ clients }, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new ConfigurationError(`Cannot write credentials file ${path}: ${(cause as Error).message}`, {
      remedy: 'Choose a path in a directory that exists and that you may write to.',
      cause,
    });
  }
}

/** A broker that runs as a service has a folder and a user of its own, while it is root who adds clients. */
async function giveToOwnerOfFolder(file: FileHandle, path: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dirname(path));
  await file.chown(uid, gid);
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new ConfigurationError(`Cannot read credentials file ${path}: ${(cause as Error).message}`, {
      remedy: 'It must be a file that the user who runs the broker may read.',
      cause,
    });
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigurationError(`Credentials file ${path} is not JSON: ${(cause as Error).message}`, {
      remedy: 'Correct it, or delete it and add the clients again with `ringtmp credentials add`.',
      cause,
    });
  }
}

function isMasterOnlyByName(client: { readonly id: string; readonly role: Role }): boolean {
  return (client.id === MASTER_ID) === (client.role === 'master');
}

function hasUniqueIds(clients: readonly { readonly id: string }[]): boolean {
  return new Set(clients.map((client) => client.id)).size === clients.length;
}
