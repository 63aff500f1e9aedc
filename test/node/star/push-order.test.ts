// Which pushes reach the server: each piece once and in order, of clocks that the worker was given parameters for.

import { expect } from 'chai';
import { pushOrder } from '../../../node/star/push-order.js';

const PIECES = 2;

describe('the order of pushes', () => {
  const open = () => {
    const { order, granted } = pushOrder(PIECES);
    const push = (from: number, step: number, micro: number, loss?: number) =>
      order({ kind: 'gradient', step, micro, ...(loss !== undefined && { loss }) }, from);
    const grant = (step: number, ...to: number[]) => {
      for (let micro = 0; micro < PIECES; micro++) granted({ step, micro, to });
    };
    return { push, grant, granted };
  };

  it('lets in each piece once, of each worker by itself', () => {
    const { push, grant } = open();
    grant(0, 1, 2);
    expect([push(1, 0, 0), push(2, 0, 0), push(1, 0, 0), push(1, 0, 1, 0.5), push(1, 0, 1, 0.5)]).to.deep.equal([
      null,
      null,
      'repeated',
      null,
      'repeated',
    ]);
    expect(push(2, 0, 1, 0.5)).to.equal(null);
  });

  it('refuses a clock for which the worker has no parameters, or not all', () => {
    const { push, grant, granted } = open();
    expect(push(1, 0, 0)).to.equal('unexpected');
    granted({ step: 0, micro: 0, to: [1] });
    expect(push(1, 0, 0)).to.equal('unexpected');
    granted({ step: 0, micro: 1, to: [1] });
    expect([push(2, 0, 0), push(1, 0, 0), push(1, 0, 1, 1)]).to.deep.equal(['unexpected', null, null]);
    expect(push(1, 1, 0)).to.equal('unexpected');
    grant(1, 1);
    expect(push(1, 1, 0)).to.equal(null);
  });

  it('lets in a clock beyond its parameters where they allow it, if it tells what it was computed at', () => {
    const { order, granted } = pushOrder(PIECES, 1);
    const push = (step: number, micro: number, basis?: number) => {
      const told = micro === PIECES - 1 ? { loss: 1, ...(basis !== undefined && { basis }) } : {};
      return order({ kind: 'gradient', step, micro, ...told }, 1);
    };
    granted({ step: 0, micro: 1, to: [1], until: 2 });
    expect([push(0, 0), push(0, 1, 1), push(0, 1)]).to.deep.equal([null, 'unexpected', null]);
    expect([push(1, 0), push(1, 1), push(1, 1, 0)]).to.deep.equal([null, 'unexpected', null]);
    expect(push(2, 0)).to.equal('unexpected');
    granted({ step: 1, micro: 1, to: [1], until: 2 });
    expect(push(2, 0), 'there are no data').to.equal('unexpected');
    granted({ step: 2, micro: 1, to: [1], until: 4 });
    expect([push(2, 0), push(2, 1, 0), push(2, 1, 1)]).to.deep.equal([null, 'unexpected', null]);
  });

  it('refuses pieces out of their order, a last one without its loss, and what is no push', () => {
    const { push, grant } = open();
    grant(0, 1);
    expect(push(1, 0, 1, 1)).to.equal('unexpected');
    expect(push(1, 0, 0)).to.equal(null);
    expect(push(1, 0, 1)).to.equal('unexpected');
    expect(push(1, 0, 1, 1)).to.equal(null);
    const { order } = pushOrder(PIECES);
    expect(order({ kind: 'parameters', step: 0, micro: 0 }, 1)).to.equal('unexpected');
  });
});
