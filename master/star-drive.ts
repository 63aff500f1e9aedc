// Drives a run around a parameter server.

import { RunError } from '../errors.js';
import type { OpenDrive } from './drive.js';

export const openStarDrive: OpenDrive = async () => {
  throw new RunError('this master cannot run a star');
};
