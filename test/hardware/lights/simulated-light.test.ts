// The twin of a light: tells of changes only.

import { expect } from 'chai';
import { simulatedLight } from '../../../hardware/lights/simulated-light.js';

describe('simulated light', () => {
  it('tells each change once and goes out at the end', async () => {
    const shown: string[] = [];
    const light = simulatedLight((pattern) => shown.push(pattern));
    for (const pattern of ['idle', 'idle', 'forward', 'backward', 'idle'] as const) light.show(pattern);
    await light.close();
    await light.close();
    expect(shown).to.deep.equal(['idle', 'forward', 'backward', 'idle', 'offline']);
  });
});
