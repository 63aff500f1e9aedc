import { expect } from 'chai';
import fc from 'fast-check';
import { originOf, sealed, unsealed, withHeader } from '../../../cli/flash/sealed.js';
import { NEW, OLD } from './sample-files.js';

const buffers = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));

describe('a seal', () => {
  it('holds for whatever it was made for', () => {
    fc.assert(
      fc.property(buffers, buffers, (settings, key) => {
        expect(unsealed(sealed({ settings, key }), key)).to.deep.equal({ settings, key });
      }),
    );
  });

  it('breaks where the settings are cut, at any byte', () => {
    const whole = sealed(NEW);
    for (let length = 0; length < whole.length; length += 1) {
      expect(unsealed(whole.subarray(0, length), NEW.key), `${length} bytes`).to.equal(null);
    }
  });

  it('breaks where the password is cut, at any byte, or is another', () => {
    const whole = sealed(NEW);
    for (let length = 0; length < NEW.key.length; length += 1) {
      expect(unsealed(whole, NEW.key.subarray(0, length)), `${length} bytes`).to.equal(null);
    }
    expect(unsealed(whole, OLD.key)).to.equal(null);
  });

  it('breaks where any byte is another', () => {
    const whole = sealed(NEW);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
        const bytes = Buffer.from(whole);
        bytes[index] = (bytes[index] as number) ^ change;
        expect(unsealed(bytes, NEW.key)).to.equal(null);
      }),
    );
  });

  it('tells where the settings end from where the password begins', () => {
    const settings = Buffer.concat([NEW.settings, NEW.key]);
    expect(unsealed(Buffer.concat([settings, seal(sealed(NEW))]), Buffer.alloc(0))).to.equal(null);
  });
});

function seal(whole: Buffer): Buffer {
  return whole.subarray(whole.lastIndexOf('#'));
}

describe('the origin of a file', () => {
  it('is told from its beginning, with the board where that is there', () => {
    expect(originOf(withHeader('pi-1', 'id: pi-1\n'))).to.deep.equal({ ours: true, id: 'pi-1' });
    const whole = withHeader('pi-1', '');
    for (let length = 0; length < whole.length; length += 1) {
      expect(originOf(whole.subarray(0, length)).ours, `${length} bytes`).to.equal(true);
    }
  });

  it('is not ours where another wrote it', () => {
    expect(originOf(Buffer.from('id: pi-1\n'))).to.deep.equal({ ours: false, id: null });
    expect(originOf(Buffer.from('# a note of mine'))).to.deep.equal({ ours: false, id: null });
  });
});
