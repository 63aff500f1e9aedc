// A worker of a star on this board: its position, and its own data where the run says so.

import { openStarPosition, type StarPosition, type StarPositionOptions } from '../node/star/position.js';
import type { Assignment } from '../protocol/assignment.js';
import { openLocalData } from './local-data.js';

/** @throws CapacityError when the replica does not fit, DataError when the board's own data cannot be read */
export async function openStarWorker(
  options: StarPositionOptions,
  assignment: Assignment,
  dataFolders: readonly string[],
): Promise<StarPosition> {
  if (assignment.spec.star.data === 'stream') return openStarPosition(options);
  const data = await openLocalData(assignment, dataFolders);
  const position = await openStarPosition({ ...options, onPushed: () => data.pushed(position.deliver) });
  data.begin(position.deliver);
  return position;
}
