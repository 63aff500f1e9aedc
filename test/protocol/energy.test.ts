// The energy of several positions: its sum, and what is said of where it comes from.

import { expect } from 'chai';
import fc from 'fast-check';
import { ENERGY_SOURCES, type Energy, fleetEnergy, joulesIn } from '../../protocol/energy.js';
import { PHASES } from '../../protocol/phases.js';

const energy = (source: Energy['source'], joules: number): Energy => ({
  source,
  joules: { idle: joules, forward: 2 * joules, backward: 0, update: 0, serialise: 0 },
});
const amount = fc.double({ min: 0, max: 1e6, noNaN: true });
const anyEnergy: fc.Arbitrary<Energy> = fc.record({
  source: fc.constantFrom(...ENERGY_SOURCES),
  joules: fc.record({ idle: amount, forward: amount, backward: amount, update: amount, serialise: amount }),
});

describe('the energy of several positions', () => {
  it('is of the one source that all have, and mixed otherwise', () => {
    for (const source of ENERGY_SOURCES) {
      const both = [1, 2].map((position) => ({ position, energy: energy(source, position) }));
      expect(fleetEnergy(both)).to.deep.equal({
        source,
        joules: 9,
        byPhase: { idle: 3, forward: 6, backward: 0, update: 0, serialise: 0 },
        bySource: { [source]: 9 },
        positions: 2,
        withMaster: false,
      });
    }
    const differing = [
      { position: 0, energy: energy('modelled', 1) },
      { position: 1, energy: energy('simulated', 2) },
    ];
    expect(fleetEnergy(differing)).to.deep.include({ source: 'mixed', bySource: { modelled: 3, simulated: 6 } });
    expect(fleetEnergy(differing)?.withMaster).to.equal(true);
  });

  it('is none where none tells any', () => {
    expect(fleetEnergy([])).to.equal(null);
    expect(
      fleetEnergy([
        { position: 0, energy: null },
        { position: 1, energy: undefined },
      ]),
    ).to.equal(null);
  });

  it('loses no joule, by phase or by source', () => {
    fc.assert(
      fc.property(fc.array(fc.option(anyEnergy), { minLength: 1 }), (energies) => {
        const found = fleetEnergy(energies.map((each, position) => ({ position, energy: each })));
        const told = energies.filter((each) => each !== null);
        expect(found === null).to.equal(told.length === 0);
        if (found === null) return;
        const all = told.reduce((total, each) => total + joulesIn(each), 0);
        const sums = [
          found.joules,
          joulesIn({ joules: found.byPhase }),
          ...[Object.values(found.bySource).reduce((a, b) => a + b, 0)],
        ];
        for (const sum of sums) expect(sum).to.be.closeTo(all, 1e-6 * (1 + all));
        expect(Object.keys(found.byPhase)).to.deep.equal([...PHASES]);
        expect(found.source === 'mixed').to.equal(new Set(told.map(({ source }) => source)).size > 1);
      }),
    );
  });
});
