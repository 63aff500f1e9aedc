// Checks run in order, each within its time, and none can spoil another.

import { expect } from 'chai';
import { examine } from '../../../cli/doctor/examine.js';
import { type Check, ok } from '../../../cli/doctor/finding.js';
import { ConfigurationError } from '../../../errors.js';
import { findingsOf, line } from './findings.js';

const fine = (name: string): Check => ({ name, limitMs: 60_000, run: async () => [ok(name, 'fine')] });

describe('examine', () => {
  it('tells the findings of each check as it ends, and all at the end', async () => {
    const told: string[][] = [];
    const all = await examine(
      [fine('a'), { ...fine('b'), run: async () => [] }, fine('c')],
      (findings) => told.push(findings.map(line)),
      new AbortController().signal,
    );
    expect(told).to.deep.equal([['ok a: fine'], [], ['ok c: fine']]);
    expect(all.map(line)).to.deep.equal(['ok a: fine', 'ok c: fine']);
  });

  it('makes a problem of what a check throws, with its remedy', async () => {
    const error = new ConfigurationError('too old', { remedy: 'Install a newer one.' });
    const [first, second, third] = await findingsOf(
      { ...fine('a'), run: () => Promise.reject(error) },
      {
        ...fine('b'),
        run: () => {
          throw new TypeError('a bug');
        },
      },
      fine('c'),
    );
    expect(first).to.include({ level: 'problem', check: 'a', message: 'too old', remedy: 'Install a newer one.' });
    expect(second).to.include({ level: 'problem', check: 'b', message: 'a bug' });
    expect(third).to.include({ level: 'ok' });
  });

  it('does not wait for a check that hangs, which is told', async () => {
    let signalled = false;
    const hangs: Check = {
      name: 'i2c',
      limitMs: 1,
      run: (signal) => {
        signal.addEventListener('abort', () => {
          signalled = true;
        });
        return new Promise(() => {});
      },
    };
    const [late, next] = await findingsOf(hangs, fine('b'));
    expect(late).to.include({ level: 'problem', check: 'i2c', message: 'i2c could not be looked at within 0.001 s' });
    expect(next).to.include({ level: 'ok' });
    expect(signalled).to.equal(true);
  });

  it('ends when it is interrupted, with what it has found', async () => {
    const interrupt = new AbortController();
    const interrupts: Check = {
      ...fine('b'),
      run: () => {
        interrupt.abort();
        return new Promise(() => {});
      },
    };
    const found = await examine([fine('a'), interrupts, fine('c')], () => {}, interrupt.signal);
    expect(found.map(line)).to.deep.equal(['ok a: fine']);
  });
});
