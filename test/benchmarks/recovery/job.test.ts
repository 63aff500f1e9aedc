import { expect } from 'chai';
import { BOARDS, jobOf, VARIANTS } from '../../../benchmarks/recovery/job.js';
import { runSpecSchema } from '../../../protocol/run-spec.js';

describe('what trains while recovery is measured', () => {
  for (const variant of VARIANTS) {
    it(`is a run that this version knows, as ${variant.name}`, async () => {
      const job = await jobOf(variant, 'auto', { everySteps: 7 });
      expect(runSpecSchema.parse(job)).to.deep.equal(job);
      expect(job).to.deep.include({ boards: BOARDS, mode: variant.mode, snapshots: { everySteps: 7 } });
      expect(job.training.schedule).to.equal(variant.schedule);
    });
  }

  it('is cut as often as by default where nothing else is said', async () => {
    for (const variant of VARIANTS) expect((await jobOf(variant, 'auto', {})).snapshots).to.deep.equal({});
  });
});
