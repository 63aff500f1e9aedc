// The key `lights` of a board's settings, and its mistakes.

import { expect } from 'chai';
import { lightsSchema } from '../../../hardware/lights/settings.js';
import { validate } from '../../../protocol/validation.js';

describe('the setting lights', () => {
  const faultOf = (value: unknown): string => {
    try {
      validate('agent.yaml', lightsSchema, value);
    } catch (error) {
      return (error as Error).message;
    }
    return expect.fail('nothing was refused');
  };

  for (const value of [
    'auto',
    'simulated',
    'none',
    [{ gpio: 17 }],
    [{ gpio: 0, activeLow: true, chip: 'gpio-mockup-A' }, { led: 'ACT' }],
    [{ led: 'mmc0::' }],
  ]) {
    it(`takes ${JSON.stringify(value)}`, () => {
      expect(validate('agent.yaml', lightsSchema, value)).to.deep.equal(value);
    });
  }

  for (const [value, message] of [
    ['on', /the whole: got "on": expected auto, simulated, none, or a list/],
    [[], /got \[\]: expected .* a list of 1 to 8 lights/],
    [[{ gpio: -1 }], /0\.gpio: got -1/],
    [[{ gpio: 17.5 }], /0\.gpio: got 17\.5/],
    [[{ gpio: '17' }], /0\.gpio: got "17"/],
    [[{ gpio: 17, activLow: true }], /0\.activLow is not a known key, did you mean "activeLow"\?/],
    [[{}], /0: got \{\}: expected either gpio or led/],
    [[{ gpio: 17, led: 'a' }], /0: .*expected either gpio or led/],
    [[{ led: 'a', activeLow: true }], /0: .*activeLow and chip are for pins/],
    [[{ led: '../../etc' }], /0\.led: .*expected a name in \/sys\/class\/leds/],
    [[{ led: '..' }], /0\.led: .*expected a name in \/sys\/class\/leds/],
    [Array.from({ length: 9 }, () => ({ gpio: 1 })), /expected .* a list of 1 to 8 lights/],
  ] as const) {
    it(`refuses ${JSON.stringify(value).slice(0, 60)}`, () => {
      expect(faultOf(value)).to.match(message);
    });
  }
});
