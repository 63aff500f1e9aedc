// That nothing is lost, at what price: what cuts cost while all is well, and how long a run takes to go on when it is not.

import type { Group } from '../group.js';
import { holdCutContest } from './cut-contest.js';
import { cutSection } from './cut-section.js';
import { trialSection } from './trial-section.js';
import { holdTrials } from './trials.js';

export const recovery: Group = {
  name: 'recovery',
  run: async (context) => {
    const cuts = cutSection(await holdCutContest(context), context);
    return [cuts, trialSection(await holdTrials(context), context)];
  },
};
