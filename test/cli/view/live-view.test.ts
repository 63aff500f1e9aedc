import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import { createLiveView } from '../../../cli/view/live-view.js';
import { modelOf, STATUS } from '../run-samples.js';

describe('the view on a terminal', () => {
  function terminal() {
    const stream = Object.assign(new PassThrough(), { columns: 100, rows: 30, isTTY: true, hasColors: () => false });
    const read = (): string => stripVTControlCharacters(String(stream.read() ?? ''));
    return { stream, read, view: createLiveView(stream as unknown as WriteStream) };
  }

  it('draws the latest of what it is shown, and ends with the summary', async () => {
    const { stream, read, view } = terminal();
    const update = { type: 'status', status: STATUS } as const;
    view.show(modelOf({ step: 1 }), update);
    view.show(modelOf({ step: 2 }), update);
    await once(stream, 'readable');
    expect(read()).to.include('step 2/120').and.not.to.include('step 1/120');
    view.show(modelOf({ step: 3 }), update);
    view.end(modelOf({ state: 'finished', step: 120 }));
    view.close();
    expect(read()).to.include('digits-1 finished after 120 steps').and.not.to.include('step 3/120');
  });
});
