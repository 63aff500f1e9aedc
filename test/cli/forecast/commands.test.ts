// `ringtmp plan` and `ringtmp simulate` as processes: what they print, write and refuse.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { smallRun } from '../../support/specs.js';
import { ringtmp, temporaryFolder } from '../ringtmp.js';

const NOBODY = 'mqtt://127.0.0.1:1';

describe('forecasts on the command line', function () {
  this.timeout(30_000);
  const folder = temporaryFolder();
  let file = '';
  beforeEach(async () => {
    file = await folder.write('run.yaml', stringify(smallRun()));
  });
  const plan = (...args: string[]) => ringtmp(['plan', file, '--input', '4', ...args], folder.path);
  const simulate = (...args: string[]) => ringtmp(['simulate', file, '--input', '4', ...args], folder.path);

  describe('ringtmp plan', () => {
    it('prints both modes and which to take', async () => {
      const { code, stdout } = await plan('--profile', 'pi-4,pi-3', '--boards', '3');
      expect(stdout).to.match(/^small: forecast, modelled, for 3 boards; links through a hub on the master’s machine/);
      expect(stdout).to.match(/^take the (ring|star): /m);
      expect(code).to.equal(0);
    });

    it('prints all that it knows with --json: figures, assumptions, the boards it was asked for', async () => {
      const { code, stdout } = await plan('--profile', 'pi-4', '--json', '--hub', 'none', '--boards', '2');
      const told = JSON.parse(stdout);
      expect(told).to.include({ modelled: true, measured: null });
      expect(told.request.hub).to.equal('none');
      expect(told.request.boards.map(({ id }: { id: string }) => id)).to.deep.equal(['board-1', 'board-2']);
      expect(told.forecast.modes.ring.result.stepMs).to.be.above(0);
      expect(told.forecast.bytes.parameters).to.equal(4 * 8 + 8 + 8 * 8 + 8 + 8 * 3 + 3);
      expect(told.recommendation.mode).to.be.oneOf(['ring', 'star']);
      expect(told.assumptions[0]).to.equal('the master is a pi-4 too (--master-profile)');
      expect(code).to.equal(0);
    });

    it('takes four boards unless told, and says what it cannot know of a filter', async () => {
      const star = { mode: 'star', star: { filter: { type: 'significance', threshold: 0.01 } }, links: 'direct' };
      file = await folder.write('star.yaml', stringify(smallRun({}, star)));
      const { request, assumptions } = JSON.parse((await plan('--profile', 'pi-4', '--json')).stdout);
      expect(request.boards).to.have.length(4);
      expect(request.hub).to.equal('none');
      expect(assumptions[1]).to.match(/^what the filter significance lets through is not known/);
    });

    it('without a profile and without a fleet says how to name boards', async () => {
      const { code, stderr } = await plan('--broker', NOBODY);
      expect(stderr).to.match(
        /^ringtmp: no fleet to ask for its boards: .*\n {2}Say what the boards are, such as --prof/,
      );
      expect(code).to.equal(1);
    });

    const USAGE: readonly [string, string[]][] = [
      ['0 boards', ['--boards', '0']],
      ['1001 boards', ['--boards', '1001']],
      ['a hub that is nowhere', ['--hub', 'cloud']],
    ];
    for (const [what, args] of USAGE) {
      it(`with ${what} exits with 2`, async () => {
        const { code, stderr } = await plan('--profile', 'pi-4', ...args);
        expect(stderr).to.match(/whole number from 1 to 1000|Allowed choices are none, master, apart/);
        expect(code).to.equal(2);
      });
    }

    it('with an unknown profile names those that there are', async () => {
      const { code, stderr } = await plan('--profile', 'pi-9');
      expect(stderr).to.match(/there is no profile pi-9.*\n.*pi-zero-2, pi-3, pi-4, pi-5/);
      expect(code).to.equal(1);
    });

    it('tells faults as JSON where JSON was asked for', async () => {
      const { code, stdout } = await plan('--profile', 'pi-4', '--against', folder.path, '--json');
      expect(JSON.parse(stdout).error).to.include({ code: 'data' }).and.to.have.property('remedy');
      expect(JSON.parse(stdout).error.message).to.include('there is no spec.json');
      expect(code).to.equal(1);
    });
  });

  describe('ringtmp simulate', () => {
    it('prints a row for each number of boards and mode, and links where asked to', async () => {
      const { code, stdout } = await simulate('--boards', '2,4', '--links');
      expect(stdout).to.match(/^small: modelled, boards pi-4, frames through a hub \(master\)\n/);
      expect(stdout.match(/^(ring|star) +\d+ +12 /gm)).to.have.length(4);
      expect(stdout).to.match(/^ring of 4\n# {2}board/m);
      expect(code).to.equal(0);
    });

    it('prints its points with --json and writes its table with --csv', async () => {
      const csv = join(folder.path, 'scaling.csv');
      const { code, stdout } = await simulate('--boards', '3', '--json', '--csv', csv, '--batch-per-board', '5');
      const { modelled, points } = JSON.parse(stdout);
      expect(modelled).to.equal(true);
      expect(points.map(({ mode, boards, batch }: never) => [mode, boards, batch])).to.deep.equal([
        ['ring', 3, 15],
        ['star', 3, 15],
      ]);
      const [head, ring, star] = (await readFile(csv, 'utf8')).split('\n');
      expect(head).to.match(/^mode,boards,batch,stepMs,/);
      expect([ring, star].map((row) => row?.slice(0, 10))).to.deep.equal(['ring,3,15,', 'star,3,15,']);
      expect(code).to.equal(0);
    });

    it('takes as many boards as there are layers to share out, with a layer for each', async () => {
      const { stdout } = await simulate('--boards', '60', '--layers-per-board', '16', '--mode', 'ring', '--json');
      const [point] = JSON.parse(stdout).points;
      expect(point.forecast.agents).to.have.length(61);
    });

    const REFUSED: readonly [string, string[], RegExp][] = [
      ['0 boards', ['--boards', '0'], /--boards takes whole numbers from 1 to 10000, got "0"/],
      ['an unknown profile', ['--profile', 'pi-9'], /there is no profile pi-9/],
      ['an unknown mode', ['--mode', 'ring,mesh'], /--mode takes ring, star, got "ring,mesh"\n {2}Write --mode ring,/],
    ];
    for (const [what, args, message] of REFUSED) {
      it(`with ${what} exits with 1 and says why`, async () => {
        const { code, stderr, stdout } = await simulate(...args);
        expect(stderr).to.match(message);
        expect([code, stdout]).to.deep.equal([1, '']);
      });
    }
  });
});
