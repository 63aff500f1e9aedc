// The contract of a power sensor: one suite for the chips, the kernel's drivers, the model and the twin.

import { CHIP_TYPES } from '../../hardware/power/settings.js';
import { BENCHES, type ChipBench, chipBench, type SensorBench } from './power/benches.js';
import { chipsContract, overflowContract } from './power/chips.js';
import { readingsContract } from './power/readings.js';

/** The others multiply nothing, or with a range as wide as their converter's. */
const MULTIPLY = ['ina219', 'ina226', 'ina228'];

for (const [name, open] of BENCHES) {
  describe(`power sensor ${name}`, () => {
    let bench: SensorBench;

    beforeEach(async () => {
      bench = await open();
    });

    afterEach(() => bench.close());

    readingsContract(() => bench);
  });
}

for (const type of CHIP_TYPES) {
  describe(`power sensor ${type} on its bus`, () => {
    let bench: ChipBench;

    beforeEach(async () => {
      bench = await chipBench(type);
    });

    chipsContract(() => bench);
    if (MULTIPLY.includes(type)) overflowContract(() => bench);
  });
}
