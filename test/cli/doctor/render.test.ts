// Findings as text.

import { expect } from 'chai';
import { ok, problem, warning } from '../../../cli/doctor/finding.js';
import { paintFor, renderFinding, renderVerdict } from '../../../cli/doctor/render.js';
import { colored, plain } from '../../../cli/view/render.js';
import { HardwareError } from '../../../errors.js';

describe('what doctor prints', () => {
  const bad = problem('lights', new HardwareError('gpio 17: in use', { remedy: 'Take another.' }));

  it('is a line for each finding, and its remedy under it', () => {
    expect(renderFinding(ok('node', 'Node.js 20.20.0'))).to.equal('ok       node     Node.js 20.20.0');
    expect(renderFinding(bad)).to.equal('problem  lights   gpio 17: in use\n                  → Take another.');
    expect(renderFinding(bad, (style, text) => `<${style}>${text}`)).to.match(/^<red>problem {2}lights/);
  });

  it('ends with how many are not as they should be', () => {
    const soso = warning('gpio', 'none', 'Get one.');
    expect(renderVerdict([ok('node', 'there')])).to.equal('All is well.');
    expect(renderVerdict([bad, soso, bad])).to.equal('2 problems, 1 warning');
    expect(renderVerdict([soso])).to.equal('1 warning');
  });

  it('has colours on a terminal only', () => {
    expect(paintFor({ isTTY: true })).to.equal(colored);
    expect(paintFor({})).to.equal(plain);
  });
});
