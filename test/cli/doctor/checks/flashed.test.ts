import { expect } from 'chai';
import { flashedCheck } from '../../../../cli/doctor/checks/flashed.js';

describe('the check of what was flashed', () => {
  const run = (reason: string | null) => flashedCheck(async () => reason).run(new AbortController().signal);

  it('says nothing where nothing was refused', async () => {
    expect(await run(null)).to.deep.equal([]);
  });

  it('tells why it was refused, and what to do', async () => {
    const [finding] = await run('it is not whole\nThe board has no configuration, and starts no agent.');
    expect(finding).to.include({ check: 'flashed', level: 'problem' });
    expect(finding?.message).to.match(/was refused: it is not whole The board has no configuration/);
    expect(finding?.remedy).to.include('ringtmp-flash');
  });
});
