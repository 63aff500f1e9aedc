import { expect } from 'chai';
import { renderSummary } from '../../../cli/view/render-summary.js';
import { emptyModel } from '../../../cli/view/run-model.js';
import { summaryOf } from '../../../cli/view/summary.js';
import type { NodeFigures } from '../../../protocol/node-figures.js';
import { FIGURES, modelOf, STATUS } from '../run-samples.js';

describe('the summary', () => {
  it('tells how good, how fast, and what each position did', () => {
    const text = renderSummary(summaryOf(modelOf({ state: 'finished', step: 120 }))!, 120);
    expect(text.split('\n')).to.deep.equal([
      'digits-1 finished after 120 steps, 25 s',
      '  held-out accuracy  91.2 %  (200 samples)',
      '  held-out loss      0.4000',
      '  training loss      0.4321',
      '  speed              12,346 samples/s, 4.8 steps/s',
      '  sent               4.7 MB',
      '',
      '#  board    layers                  idle  forward  backward  update      in     out  memory',
      '0  master   –                       50 %    1.3 s     2.5 s   0.5 s  1.2 MB  2.3 MB       –',
      '1  board-1  dense_0 … activation_3  13 %    1.3 s     2.5 s   0.5 s  1.2 MB  2.3 MB  70 MiB',
      '2  board-2  dense_4                    –        –         –       –       –       –       –',
      '',
      '#  board      f + g  link to next  window',
      '0  master   1.50 ms       0.25 ms       4',
      '1  board-1  1.50 ms       0.25 ms       4',
      '2  board-2        –             –       –',
      '',
      'model: runs/digits-1/model.safetensors',
    ]);
  });

  it('of one node alone has no figures between nodes', () => {
    const [alone] = STATUS.plan.slice(1, 2).map((entry) => ({ ...entry, position: 0, agent: 'master' }));
    const text = renderSummary(
      summaryOf(modelOf({ state: 'finished', plan: [alone!], wire: undefined, master: null }))!,
      120,
    );
    expect(text.split('\n').slice(-4, -2)).to.deep.equal(['#  board   layers', '0  master  dense_0 … activation_3']);
  });

  it('tells which way the frames went where some went straight', () => {
    const master = { ...(STATUS.master as NodeFigures), links: { forward: 'direct', backward: 'hub' } as const };
    const rows = renderSummary(summaryOf(modelOf({ state: 'finished', master }))!, 120).split('\n');
    expect(rows.slice(7, 10).map((row) => row.slice(-13))).to.deep.equal([
      'memory  links',
      '  direct, hub',
      'MB  70 MiB  –',
    ]);
  });

  it('tells as what tensors crossed the wire, and how many bytes that took', () => {
    const summary = summaryOf(
      modelOf({ state: 'finished', wire: { activations: 'f16', gradients: 'int8', parameters: 'f32' } }),
    )!;
    expect(summary).to.deep.include({
      wire: { activations: 'f16', gradients: 'int8', parameters: 'f32' },
      bytesSent: 4_691_356,
    });
    expect(renderSummary(summary, 120)).to.include(
      '\n  sent               4.7 MB, activations as f16, gradients as int8\n',
    );
  });

  it('points a failed run to its journal, and has no model for it', () => {
    const summary = summaryOf(modelOf({ state: 'failed', evaluation: null }))!;
    expect(summary.modelFile).to.equal(null);
    expect(renderSummary(summary, 120)).to.include('journal: runs/digits-1/journal.ndjson').and.not.include('held-out');
  });

  it('has the model of a run that was stopped', () => {
    expect(summaryOf(modelOf({ state: 'stopped' }))?.modelFile).to.equal('runs/digits-1/model.safetensors');
  });

  describe('of emulated boards', () => {
    const energy = {
      source: 'modelled',
      joules: { idle: 10, forward: 20, backward: 30, update: 0, serialise: 0 },
    } as const;
    const emulated = (profile: string, drift: number) => ({ profile, dilation: 2, drift, overdue: 0 });
    const withFigures = (late: number) => {
      const figures = STATUS.plan.map(({ position, agent }) => {
        const node = { ...FIGURES, energy, emulated: emulated(position === 2 ? 'pi-zero-2' : 'pi-4', late) };
        return { position, agent, figures: node, rssBytes: 2 ** 20, peakRssBytes: 2 ** 21 };
      });
      return summaryOf(modelOf({ state: 'finished', step: 120, figures }))!;
    };

    it('says so, with the drift of all of them and with the modelled energy', () => {
      const text = renderSummary(withFigures(0.02), 120);
      expect(text).to.include(
        '\n  energy             180.0 J, 1.500 J a step, 30.00 mJ a sample, 45.00 J an epoch, modelled\n',
      );
      expect(text).to.include('\n  emulated           2 pi-4, 1 pi-zero-2; dilation 2, drift 2.0 %\n\n');
    });

    it('warns of a drift above 5 %', () => {
      const text = renderSummary(withFigures(0.06), 120);
      expect(text).to.include(
        'drift 6.0 %\n  this computer was too slow for so many boards: use a larger --dilation than 2\n',
      );
    });

    it('has the figures of every position, whatever their telemetry told', () => {
      const { boards } = withFigures(0);
      expect(boards.map(({ rssBytes, peakRssBytes }) => [rssBytes, peakRssBytes])).to.deep.equal(
        Array(3).fill([2 ** 20, 2 ** 21]),
      );
      expect(boards[2]?.node?.bytesOut).to.equal(FIGURES.bytesOut);
    });
  });

  describe('of boards that tell their energy', () => {
    const energy = (source: 'measured' | 'modelled' | 'simulated', joules: number) => {
      return {
        source,
        joules: { idle: joules / 4, forward: joules / 4, backward: joules / 2, update: 0, serialise: 0 },
      };
    };
    const withEnergies = (...energies: (ReturnType<typeof energy> | null)[]) => {
      const figures = STATUS.plan.map(({ position, agent }) => {
        const node = { ...FIGURES, energy: energies[position] ?? null };
        return { position, agent, figures: node, rssBytes: 2 ** 20, peakRssBytes: 2 ** 21 };
      });
      return summaryOf(modelOf({ state: 'finished', step: 120, figures }))!;
    };
    const rows = (text: string) => text.split('\n').filter((line) => /^\d {2}(master|board)/.test(line));

    it('never adds up in silence what was measured and what was modelled', () => {
      const summary = withEnergies(energy('modelled', 100), energy('measured', 40), energy('modelled', 40));
      expect(summary.energy).to.deep.equal({
        source: 'mixed',
        joules: 180,
        joulesPerSample: 0.03,
        joulesPerEpoch: 45,
        byPhase: { idle: 45, forward: 45, backward: 90, update: 0, serialise: 0 },
        bySource: { measured: 40, modelled: 140 },
        positions: 3,
        withMaster: true,
      });
      const text = renderSummary(summary, 140);
      expect(text).to.include(
        '\n  energy             180.0 J, 1.500 J a step, 30.00 mJ a sample, 45.00 J an epoch, 40.00 J measured and 140.0 J modelled\n',
      );
      expect(
        rows(text)
          .slice(0, 3)
          .map((row) => row.slice(row.lastIndexOf('MiB') + 3).trim()),
      ).to.deep.equal(['100.0 J modelled', '40.00 J measured', '40.00 J modelled']);
    });

    it('knows no share of a sample where the master does not tell how many there are', () => {
      const figures = STATUS.plan.map(({ position, agent }) => {
        return {
          position,
          agent,
          figures: { ...FIGURES, energy: energy('measured', 60) },
          rssBytes: 1,
          peakRssBytes: 1,
        };
      });
      const summary = summaryOf(modelOf({ state: 'finished', step: 120, batch: undefined, figures }))!;
      expect(summary.energy).to.include({ joules: 180, joulesPerSample: null, joulesPerEpoch: null });
      expect(renderSummary(summary, 140)).to.include('\n  energy             180.0 J, 1.500 J a step, measured\n');
    });

    it('passes nothing that was made up for measured', () => {
      const text = renderSummary(withEnergies(null, energy('simulated', 40), energy('measured', 20)), 140);
      expect(text)
        .to.include('an epoch, 20.00 J measured and 40.00 J simulated; ')
        .and.to.include('40.00 J simulated\n');
    });

    it('says of how many positions it knows', () => {
      const text = renderSummary(withEnergies(energy('modelled', 40), energy('modelled', 20)), 140);
      expect(text).to.include(', modelled; of 2 of 3 positions, the others do not tell\n');
    });

    it("says that the master's is left out", () => {
      const text = renderSummary(withEnergies(null, energy('measured', 40), energy('measured', 20)), 140);
      expect(text).to.include(
        "\n  energy             60.00 J, 0.5000 J a step, 10.00 mJ a sample, 15.00 J an epoch, measured; without the master's, which tells none\n",
      );
      expect(rows(text)[0]).to.match(/–$/);
    });
  });

  it('knows no energy of a fleet in which no position tells any', () => {
    expect(summaryOf(modelOf({ state: 'finished' }))).to.include({ energy: null, emulation: null });
  });

  it('is nothing before the first status', () => {
    expect(summaryOf(emptyModel('digits-1'))).to.equal(null);
  });
});
