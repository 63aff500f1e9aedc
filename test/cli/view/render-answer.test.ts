import { expect } from 'chai';
import { renderAnswer } from '../../../cli/view/render-answer.js';

describe('the answer of a board', () => {
  it('is one figure a line, with its unit', () => {
    const answer = {
      agent: 'kitchen',
      memory: { totalBytes: 512 * 2 ** 20 },
      load: [0.5, 1, 0.25],
      uptimeSeconds: { board: 90 },
      temperatureC: null,
      clockIsSet: true,
      gflops: 7.254321,
    };
    expect(renderAnswer(answer, 80).split('\n')).to.deep.equal([
      'what                 answer',
      'agent                kitchen',
      'memory.totalBytes    512 MiB',
      'load                 0.5000, 1, 0.2500',
      'uptimeSeconds.board  1 min 30 s',
      'temperatureC         –',
      'clockIsSet           yes',
      'gflops               7.254',
    ]);
  });

  it('without data says that it is done', () => {
    expect(renderAnswer(null, 80)).to.equal('done');
    expect(renderAnswer({}, 80)).to.equal('done');
  });
});
