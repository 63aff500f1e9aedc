import { expect } from 'chai';
import { StreamQueue } from '../../node/stream-queue.js';

describe('what the master streams', () => {
  function queueOf(answersAtOnce: boolean) {
    const sent: string[] = [];
    return { sent, queue: new StreamQueue<string>(answersAtOnce, (message) => sent.push(message)) };
  }

  it('goes at once where nothing is due', () => {
    const { sent, queue } = queueOf(true);
    queue.take('a');
    expect(sent).to.deep.equal(['a']);
  });

  it('waits until the last gradient that is due has gone, in its order', () => {
    const { sent, queue } = queueOf(true);
    queue.owe();
    queue.owe();
    queue.take('a');
    queue.answered();
    queue.take('b');
    expect(sent).to.deep.equal([]);
    queue.answered();
    expect(sent).to.deep.equal(['a', 'b']);
    queue.take('c');
    expect(sent).to.deep.equal(['a', 'b', 'c']);
  });

  it('waits for no node that has layers to compute', () => {
    const { sent, queue } = queueOf(false);
    queue.owe();
    queue.take('a');
    queue.answered();
    queue.take('b');
    expect(sent).to.deep.equal(['a', 'b']);
  });
});
