import { expect } from 'chai';
import { topicsOf } from '../../protocol/topics.js';
import { TopicCounts } from '../../transport/topic-counts.js';

describe('counts of topics', () => {
  it('add up bytes and frames by topic and direction', () => {
    const topics = topicsOf('lab');
    const counts = new TopicCounts();
    counts.count(topics.data('run', 2, 'forward'), 'out', 100);
    counts.count(topics.data('run', 2, 'forward'), 'in', 7);
    counts.count(topics.data('run', 2, 'forward'), 'out', 50);
    counts.count(topics.data('run', 0, 'backward'), 'out', 1);
    expect(counts.list()).to.deep.equal([
      { topic: '2/forward', direction: 'out', bytes: 150, frames: 2 },
      { topic: '2/forward', direction: 'in', bytes: 7, frames: 1 },
      { topic: '0/backward', direction: 'out', bytes: 1, frames: 1 },
    ]);
  });

  it('do not change what was listed before', () => {
    const counts = new TopicCounts();
    counts.count('1/forward', 'in', 1);
    const [before] = counts.list();
    counts.count('1/forward', 'in', 1);
    expect(before?.frames).to.equal(1);
  });
});
