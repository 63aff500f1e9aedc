// What this machine tells of itself: a board or a computer, the answers are of the right kind.

import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { boardModel, clockIsSet, temperatureC } from '../../hardware/board.js';

describe('board', () => {
  it('has a model, in printable characters', () => {
    expect(boardModel()).to.match(/^[ -~]+$/);
  });

  it('has a temperature that a machine may have, or none', () => {
    const temperature = temperatureC();
    if (temperature === null) expect(existsSync('/sys/class/thermal/thermal_zone0/temp')).to.equal(false);
    else expect(temperature).to.be.within(-40, 130);
  });

  it('knows whether its clock was set', () => {
    expect(clockIsSet()).to.equal(existsSync('/run/systemd/timesync/synchronized'));
  });
});
