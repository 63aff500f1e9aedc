// Changes to the fleet file. A new text is read as the file would be before it takes the file's place.

import { basename, dirname } from 'node:path';
import { Document, isMap, parseDocument } from 'yaml';
import { diskFolder } from '../storage/disk-folder.js';
import { replaceFile } from '../storage/folder.js';
import { type BoardSettings, type Fleet, parseFleet } from './fleet-file.js';

export interface NewFleet {
  readonly fleet: string;
  readonly broker: string;
  readonly credentials: string;
}

const COMMENT = ` The boards of a fleet: what each is told, and what hangs on its pins. \`ringtmp schema fleet\` tells all keys.
 Add boards with \`ringtmp fleet add\`, which makes their passwords, too; write their cards with \`ringtmp flash\`.`;

/** @throws ConfigurationError for what a fleet file may not hold */
export function newFleet(path: string, settings: NewFleet): Fleet {
  const document = new Document(settings);
  document.commentBefore = COMMENT;
  return parseFleet(path, String(document));
}

export function withBoard({ path, text }: Fleet, id: string, settings: BoardSettings): Fleet {
  const document = parseDocument(text);
  const boards = document.get('boards');
  if (isMap(boards)) {
    boards.flow = false;
    boards.set(id, document.createNode(settings));
  } else document.set('boards', document.createNode({ [id]: settings }));
  return parseFleet(path, String(document));
}

export function withoutBoard({ path, text }: Fleet, id: string): Fleet {
  const document = parseDocument(text);
  document.deleteIn(['boards', id]);
  return parseFleet(path, String(document));
}

export async function writeFleet({ path, text }: Fleet): Promise<void> {
  await replaceFile(diskFolder(dirname(path)), basename(path), Buffer.from(text), 0o644);
}
