// What positions counted in the generations before is told once, and none of it is lost.

import { expect } from 'chai';
import { EarlierCounts } from '../../../master/recovery/earlier-counts.js';
import { type Energy, fleetEnergy, joulesIn } from '../../../protocol/energy.js';
import type { NodeFigures } from '../../../protocol/node-figures.js';
import { PHASES } from '../../../protocol/phases.js';
import { FIGURES } from '../../cli/run-samples.js';

const sent = (bytesOut: number): NodeFigures => ({ ...FIGURES, bytesOut });
const told = (agent: string, figures: NodeFigures | null, position = 1) => ({ agent, position, figures });
const atEnd = (agent: string, figures: NodeFigures | null) => ({
  ...{ ...told(agent, figures), rssBytes: null, peakRssBytes: null },
});

describe('counts of earlier generations', () => {
  const bytesOf = (counts: EarlierCounts, agent: string, last: NodeFigures | null = null) =>
    counts.sumWith(atEnd(agent, last)).figures?.bytesOut;

  it('are those that a board told when it gave its position up, not those of its telemetry before', () => {
    const counts = new EarlierCounts();
    counts.owe(told('pi-1', sent(10)));
    counts.owe(told('pi-2', sent(20)));
    counts.settle({ agent: 'pi-1', figures: sent(15) });
    counts.settle({ agent: 'pi-2', figures: null });
    expect(bytesOf(counts, 'pi-1', sent(100))).to.equal(115);
    expect(bytesOf(counts, 'pi-2')).to.equal(20);
  });

  it('of a board that was away, and gives up its old position later, are counted once', () => {
    const counts = new EarlierCounts();
    counts.owe(told('pi-1', sent(10)));
    counts.owe(told('pi-2', sent(20)));
    counts.settleAllBut(['pi-1']);
    counts.settle({ agent: 'pi-1', figures: sent(15) });
    counts.owe(told('pi-1', sent(1)));
    counts.settle({ agent: 'pi-2', figures: sent(500) });
    expect(bytesOf(counts, 'pi-1')).to.equal(16);
    expect(bytesOf(counts, 'pi-2')).to.equal(20);
  });

  it('are owed until they come, through attempts that fail', () => {
    const counts = new EarlierCounts();
    counts.owe(told('pi-1', sent(10)));
    counts.owe(told('pi-1', null)); // of an attempt in which it never had a part
    counts.settle({ agent: 'pi-1', figures: sent(15) });
    expect(bytesOf(counts, 'pi-1')).to.equal(15);
    counts.owe(told('pi-1', sent(1)));
    counts.owe(told('pi-1', sent(2))); // it was not asked for the figures of the generation before
    counts.settle({ agent: 'pi-1', figures: null });
    expect(bytesOf(counts, 'pi-1')).to.equal(18);
  });

  it('of a run that ends while it recovers are counted once', () => {
    const counts = new EarlierCounts();
    counts.owe(told('pi-1', sent(10)));
    expect(bytesOf(counts, 'pi-1', sent(15))).to.equal(15);
    expect(bytesOf(counts, 'pi-1')).to.equal(10);
    expect(counts.sumWith(atEnd('pi-9', null)).figures).to.equal(null);
  });

  it('have an energy at all times', () => {
    const counts = new EarlierCounts();
    const energyOf = () => fleetEnergy(counts.energies());
    const spent = (joules: number): NodeFigures => {
      const phases = Object.fromEntries(PHASES.map((phase) => [phase, phase === 'forward' ? joules : 0]));
      return { ...FIGURES, energy: { source: 'modelled', joules: phases as Energy['joules'] } };
    };
    counts.owe(told('pi-1', spent(1), 1));
    counts.owe(told('pi-2', spent(2), 2));
    counts.owe(told('pi-3', null, 3));
    expect(energyOf()).to.include({ positions: 2 });
    counts.settle({ agent: 'pi-1', figures: spent(1.5) });
    expect(joulesIn({ joules: energyOf()!.byPhase as Energy['joules'] })).to.equal(3.5);
    counts.settleAllBut([]);
    expect(joulesIn({ joules: energyOf()!.byPhase as Energy['joules'] })).to.equal(3.5);
  });
});
