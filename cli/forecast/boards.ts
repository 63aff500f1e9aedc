// The boards that a forecast is for: so many of a profile, or those of a fleet that is there.

import { ConfigurationError } from '../../errors.js';
import type { BoardProfile } from '../../hardware/board-profile.js';
import type { ForecastBoard } from '../../master/forecast.js';
import { MASTER_ID } from '../../protocol/topics.js';
import { readProfile } from '../profiles.js';
import { STAGE_SHARE } from '../resources.js';

export interface ForecastFleet {
  readonly boards: readonly ForecastBoard[];
  readonly master: ForecastBoard;
  /** What was not known and had to be supposed. */
  readonly assumptions: readonly string[];
}

/**
 * @param profiles names or files, comma-separated; one each, the last one for all other boards
 * @param masterProfile as the first board's unless told
 */
export function profiledFleet(profiles: string, count: number, masterProfile?: string): ForecastFleet {
  const known = profiles.split(',').map((each) => readProfile(each.trim()));
  const [first] = known as [BoardProfile, ...BoardProfile[]];
  const boards = Array.from({ length: count }, (_, index) => {
    return boardOf(`board-${index + 1}`, known[Math.min(index, known.length - 1)] as BoardProfile);
  });
  const master = masterProfile === undefined ? first : readProfile(masterProfile);
  return {
    boards,
    master: boardOf(MASTER_ID, master),
    assumptions: masterProfile === undefined ? [`the master is a ${first.name} too (--master-profile)`] : [],
  };
}

export function boardOf(id: string, profile: BoardProfile): ForecastBoard {
  return {
    id,
    gflops: profile.gflops,
    memoryBytes: Math.floor(profile.memoryBytes * STAGE_SHARE),
    linkMbps: profile.linkMbps,
    machine: profile,
  };
}

/** From one board to `most`, as `2,4,8`. */
export function boardCounts(text: string, most: number): number[] {
  const counts = text.split(',').map((each) => Number(each.trim()));
  if (counts.length > 0 && counts.every((count) => Number.isInteger(count) && count >= 1 && count <= most))
    return counts;
  throw new ConfigurationError(`--boards takes whole numbers from 1 to ${most}, got ${JSON.stringify(text)}`, {
    remedy: 'Write them with commas between: --boards 2,4,8,16.',
  });
}
