// Who looks for a board sees it for as long as was said, whatever the node does meanwhile.

import { expect } from 'chai';
import { BoardLight } from '../../agent/board-light.js';
import { simulatedLight } from '../../hardware/lights/simulated-light.js';
import { createMailbox } from '../transport/inbox.js';

describe('board light', () => {
  it('identifies undisturbed, then shows what was to be shown last', async () => {
    const shown = createMailbox<string>();
    const light = new BoardLight(simulatedLight((pattern) => shown.put(pattern)));
    light.show('idle');
    light.identify(1);
    light.show('forward');
    light.show('backward');
    expect(await shown.take(3)).to.deep.equal(['idle', 'identify', 'backward']);
    light.show('idle');
    expect(await shown.take(1)).to.deep.equal(['idle']);
  });

  it('is dark while the broker is out of reach, and identifies all the same', async () => {
    const shown = createMailbox<string>();
    const light = new BoardLight(simulatedLight((pattern) => shown.put(pattern)));
    light.show('forward');
    light.connection(false);
    light.show('backward');
    light.identify(1);
    expect(await shown.take(4)).to.deep.equal(['forward', 'offline', 'identify', 'offline']);
    light.connection(true);
    expect(await shown.take(1)).to.deep.equal(['backward']);
  });

  it('goes out when it is closed, and stays out', async () => {
    const shown: string[] = [];
    const light = new BoardLight(simulatedLight((pattern) => shown.push(pattern)));
    expect(light.name).to.equal('simulated');
    light.identify(60_000);
    light.identify(60_000);
    await light.close();
    expect(shown).to.deep.equal(['identify', 'offline']);
  });
});
