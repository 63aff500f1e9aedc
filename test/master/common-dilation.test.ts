import { expect } from 'chai';
import { ConfigurationError } from '../../errors.js';
import { commonDilation } from '../../master/common-dilation.js';

describe('the time dilation of a fleet', () => {
  it('is that of the master and of all boards', () => {
    expect(commonDilation(3, [{ agent: 'a', dilation: 3 }])).to.equal(3);
    expect(commonDilation(1, [])).to.equal(1);
  });

  it('is refused when a board has another, naming it', () => {
    const boards = [
      { agent: 'a', dilation: 3 },
      { agent: 'b', dilation: 1 },
    ];
    expect(() => commonDilation(3, boards)).to.throw(ConfigurationError, 'board b has a time dilation of 1');
  });
});
