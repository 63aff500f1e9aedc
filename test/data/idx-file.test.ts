// IDX files round-trip, zipped or not, and nothing that is not quite one gets further than a DataError.

import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { parseIdx, readIdx } from '../../data/idx-file.js';
import { DataError } from '../../errors.js';
import { dataErrorOf, idxBytes, TemporaryFolder } from './files.js';

const arrays = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }).chain((dimensions) => {
  const size = dimensions.reduce((product, extent) => product * extent, 1);
  return fc.tuple(fc.constant(dimensions), fc.uint8Array({ minLength: size, maxLength: size }));
});

describe('IDX files', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await TemporaryFolder.create();
  });
  after(() => folder.remove());

  it('round-trip, zipped or not, whatever the file is called', async () => {
    await fc.assert(
      fc.asyncProperty(arrays, fc.boolean(), fc.boolean(), async ([dimensions, values], zipped, named) => {
        const bytes = idxBytes(dimensions, values);
        const path = await folder.write(named ? 'a.gz' : 'a', zipped ? gzipSync(bytes) : bytes);
        const read = await readIdx(path);
        expect(read.dimensions).to.deep.equal(dimensions);
        expect([...read.values]).to.deep.equal([...values]);
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  for (const zipped of [false, true]) {
    it(`are refused when truncated at any byte${zipped ? ', zipped' : ''}`, async () => {
      const plain = idxBytes(
        [3, 2, 2],
        Uint8Array.from({ length: 12 }, (_, i) => i * 20),
      );
      const bytes = zipped ? gzipSync(plain) : plain;
      for (let length = 0; length < bytes.length; length++) {
        const path = await folder.write('cut', bytes.subarray(0, length));
        const error = await dataErrorOf(readIdx(path));
        expect(error.message).to.include(path);
        expect(error.remedy).to.be.a('string');
      }
    });
  }

  it('are refused when anything follows the values', () => {
    const bytes = idxBytes([2], Uint8Array.of(1, 2, 3));
    expect(() => parseIdx(bytes, 'x')).to.throw(
      DataError,
      'x holds 3 values, but its dimensions 2 call for 2: it is too long',
    );
  });

  it('never fail otherwise than by a DataError, whatever the bytes', () => {
    const header = fc.tuple(fc.constant(0), fc.constant(0), fc.constantFrom(8, 9, 13), fc.nat(255));
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.tuple(header, fc.uint8Array({ maxLength: 64 })).map(([start, rest]) => Uint8Array.of(...start, ...rest)),
    );
    fc.assert(
      fc.property(bytes, (content) => {
        try {
          parseIdx(content, 'x');
        } catch (error) {
          expect(error).to.be.instanceOf(DataError);
        }
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('name the byte at fault', () => {
    const cases: [number[], string][] = [
      [[1, 0, 8, 1, 0, 0, 0, 1, 0], 'bytes 0 and 1 are 0x01 and 0x00'],
      [[0, 0, 13, 1, 0, 0, 0, 1, 0], 'element type 0x0d at byte 2'],
      [[0, 0, 8, 0], '0 dimensions at byte 3'],
      [[0, 0, 8, 2, 0, 0, 0, 1], 'ends at byte 8, inside its header of 12 bytes'],
      [[0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 1], 'dimensions are 0 x 1'],
      [[0, 0, 8, 1, 0xff, 0xff, 0xff, 0xff, 1], 'call for 4294967295: it is truncated'],
    ];
    for (const [bytes, message] of cases) {
      expect(() => parseIdx(Uint8Array.from(bytes), 'x')).to.throw(DataError, message);
    }
  });

  it('that are missing name the package of Fashion-MNIST, or the path', async () => {
    const fashion = await dataErrorOf(readIdx('/usr/share/datasets/fashion-mnist/no-such-file.gz'));
    expect(fashion.remedy).to.include('sudo apt install dataset-fashion-mnist');
    const other = await dataErrorOf(readIdx('/no/such/file'));
    expect(other.message).to.include('/no/such/file');
    expect(other.remedy).to.include('relative');
  });

  it('that are folders are refused', async () => {
    expect((await dataErrorOf(readIdx(folder.path))).message).to.include('cannot be read');
  });
});
