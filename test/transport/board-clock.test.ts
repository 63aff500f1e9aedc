// The time of an emulated board, on a clock that the test turns.

import { expect } from 'chai';
import { BoardClock } from '../../transport/board-clock.js';
import { turnedClock } from './turned-clock.js';

describe('the clock of an emulated board', () => {
  it('shows now between two events, and during one when that was due', () => {
    const computer = turnedClock(1000);
    const board = new BoardClock(computer);
    computer.turnTo(5);
    expect([board.nowMs, board.hostMs]).to.deep.equal([5, 1005]);
    board.at(3, () => expect([board.nowMs, board.hostMs]).to.deep.equal([3, 1003]));
    expect(board.nowMs).to.equal(5);
  });

  it('takes times of other threads by the computer’s clock, and returns what happened', () => {
    const board = new BoardClock(turnedClock(1000));
    expect(board.atHost(1007, () => board.nowMs)).to.equal(7);
  });

  it('remembers the most that the computer was behind', () => {
    const computer = turnedClock();
    const board = new BoardClock(computer);
    computer.turnTo(10);
    for (const dueMs of [9, 4, 12]) board.at(dueMs, () => {});
    expect(board.lagMs).to.equal(6);
  });

  it('is back at the outer event, also after one that fails', () => {
    const board = new BoardClock(turnedClock());
    board.at(2, () => {
      expect(() =>
        board.at(3, () => {
          throw new RangeError('no');
        }),
      ).to.throw('no');
      expect(board.nowMs).to.equal(2);
    });
    expect(board.nowMs).to.equal(0);
  });
});
