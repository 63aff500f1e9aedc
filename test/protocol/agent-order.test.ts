// The one order of boards.

import { expect } from 'chai';
import { byAgent } from '../../protocol/agent-order.js';

describe('byAgent', () => {
  it('takes the numbers in names as numbers', () => {
    const sorted = ['board-10', 'attic', 'board-2', 'board-1'].sort(byAgent);
    expect(sorted).to.deep.equal(['attic', 'board-1', 'board-2', 'board-10']);
  });
});
