// The faults that validation tells, on schemas small enough to read the whole message.

import { expect } from 'chai';
import fc from 'fast-check';
import { z } from 'zod';
import { ConfigurationError } from '../../errors.js';
import { shown } from '../../protocol/shown.js';
import { validate } from '../../protocol/validation.js';

const schema = z.strictObject({
  port: z.int().default(1883),
  sensors: z.array(z.strictObject({ address: z.string() })).optional(),
  boards: z.record(z.string(), z.strictObject({ engine: z.string() }).nullable()).optional(),
  link: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('broker'), url: z.string() }),
    z.strictObject({ kind: z.literal('direct'), secret: z.string() }),
  ]),
});
const link = { kind: 'broker', url: 'mqtt://b' };

describe('validate', () => {
  const faultOf = (value: unknown) => {
    try {
      validate('agent.yaml', schema, value);
    } catch (error) {
      expect(error).to.be.instanceOf(ConfigurationError).with.property('cause').that.is.instanceOf(z.ZodError);
      return (error as Error).message;
    }
    return expect.fail('nothing was refused');
  };

  it('says of a union what is wrong within the branch that is meant, and of no branch what all are', () => {
    const lights = z.union([z.enum(['auto']), z.array(z.strictObject({ pin: z.int() }))], 'auto, or a list');
    const fault = (value: unknown) => {
      try {
        return validate('lights', lights, value);
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(fault([{ pin: 1 }, { pin: 'x' }])).to.match(/^lights: 1\.pin: got "x": /);
    expect(fault([{ pin: 1, pni: 2 }])).to.equal(
      'lights: 0.pni is not a known key, did you mean "pin"? (allowed: pin)',
    );
    expect(fault('on')).to.equal('lights: the whole: got "on": auto, or a list');
    expect(fault([{ pin: 1 }])).to.deep.equal([{ pin: 1 }]);
  });

  it('gives the value with its defaults', () => {
    expect(validate('agent.yaml', schema, { link })).to.deep.equal({ port: 1883, link });
  });

  it('says what is wrong where, and with which value', () => {
    expect(faultOf({ link, port: 'x' })).to.equal(
      'agent.yaml: port: got "x": Invalid input: expected number, received string',
    );
    expect(faultOf({ link, sensors: [{ address: 'a' }, {}] })).to.match(
      /^agent\.yaml: sensors\.1\.address is missing: /,
    );
  });

  it('tells a remedy: the one for what a person wrote, else that versions differ', () => {
    const remedyOf = (remedy?: string) => {
      try {
        return validate('agent.yaml', schema, {}, remedy);
      } catch (error) {
        return (error as ConfigurationError).remedy;
      }
    };
    expect(remedyOf('Read the schema.')).to.equal('Read the schema.');
    expect(remedyOf()).to.contain('the same version');
  });

  it('offers the nearest key only where it is near', () => {
    expect(faultOf({ link, prot: 1 })).to.equal(
      'agent.yaml: prot is not a known key, did you mean "port"? (allowed: port, sensors, boards, link)',
    );
    expect(faultOf({ link, something: 1 })).to.equal(
      'agent.yaml: something is not a known key (allowed: port, sensors, boards, link)',
    );
  });

  it('offers the keys of the list item, the record or the branch at hand', () => {
    expect(faultOf({ link, sensors: [{ address: 'a', adress: 'b' }] })).to.contain(
      'sensors.0.adress is not a known key, did you mean "address"? (allowed: address)',
    );
    expect(faultOf({ link, boards: { 'pi-1': { engine: 'wasm', enigne: 'x' } } })).to.contain(
      'boards.pi-1.enigne is not a known key, did you mean "engine"? (allowed: engine)',
    );
    expect(faultOf({ link: { kind: 'direct', secret: 's', url: 'u' } })).to.contain(
      'link.url is not a known key (allowed: kind, secret)',
    );
  });

  it('tells any wrong value, and never fails otherwise', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }), (value) => {
        expect(faultOf(value)).to.match(/^agent\.yaml: /);
        expect(
          faultOf({ link, port: value === 1 || typeof value === 'number' || value === undefined ? '' : value }),
        ).to.match(/^agent\.yaml: port: got /);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe('shown', () => {
  it('is JSON, cut to a line', () => {
    expect(shown({ a: [1, 'x'] })).to.equal('{"a":[1,"x"]}');
    expect(shown('x'.repeat(100))).to.equal(`"${'x'.repeat(76)}...`);
  });

  it('names what JSON has no word for', () => {
    expect([Number.NaN, Number.NEGATIVE_INFINITY, undefined].map(shown)).to.deep.equal([
      'NaN',
      '-Infinity',
      'undefined',
    ]);
    expect(shown(1n)).to.equal('bigint that cannot be shown');
  });

  it('survives what cannot be written out', () => {
    const circle: unknown[] = [];
    circle.push(circle);
    expect(shown(circle)).to.equal('a list that cannot be shown');
    expect(shown({ circle })).to.equal('object that cannot be shown');
  });
});
