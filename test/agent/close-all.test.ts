// What belongs to an agent is closed in order, and all of it.

import { expect } from 'chai';
import { closeAll } from '../../agent/close-all.js';
import { rejectionOf } from '../transport/inbox.js';

describe('closing all', () => {
  it('goes on after a fault, in order, and tells the first', async () => {
    const closed: string[] = [];
    const closing = (name: string, fault?: Error) => async () => {
      closed.push(name);
      if (fault) throw fault;
    };
    const [first, second] = [new Error('first'), new Error('second')];
    const all = [closing('a'), closing('b', first), () => undefined, closing('c', second), closing('d')];
    expect(await rejectionOf(closeAll(all))).to.equal(first);
    expect(closed).to.deep.equal(['a', 'b', 'c', 'd']);
    await closeAll([closing('e')]);
    expect(closed.at(-1)).to.equal('e');
  });
});
