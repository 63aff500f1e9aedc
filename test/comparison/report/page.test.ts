// The page of a report in a real browser: it opens without a network, asks for nothing, complains of nothing, and
// fits a phone.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { renderChart } from '../../../charts/chart.js';
import { reportFiles } from '../../../comparison/report/files.js';
import { temporaryFolder } from '../../cli/ringtmp.js';
import { CHROMIUM, startBrowser, visit } from '../../support/chromium.js';
import { need } from '../../support/requirements.js';
import { sampleRecoveries } from '../sample-recovery.js';
import { sampleResult } from '../sample-results.js';

const CIRCUMSTANCES = {
  name: 'x',
  task: 'x',
  command: 'x',
  profile: null,
  links: 'direct',
};
const DESKTOP = 1280;
const PHONE = 360;

describe('the page of a report', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  let browser: Browser;
  let url: string;

  before(async function () {
    need(this, CHROMIUM);
    browser = await startBrowser();
  });
  after(() => browser?.close());

  beforeEach(async () => {
    const reason = '<img src="http://example.org/x.png" onerror="console.log(1)">';
    const results = [1, 2].flatMap((boards) => [
      sampleResult({ contestant: 'ring', boards, emulated: true }),
      sampleResult({ contestant: 'star', boards, idleShare: 0.5, emulated: true }),
      sampleResult({ contestant: 'star-asp', boards, outcome: 'failed', reason }),
    ]);
    const target = { metric: 'accuracy', value: 0.95, why: 'It was asked for.' };
    for (const [path, text] of await reportFiles(
      CIRCUMSTANCES,
      { results, target, limits: null, recovery: sampleRecoveries() },
      renderChart,
    )) {
      await mkdir(dirname(join(folder.path, path)), { recursive: true });
      await writeFile(join(folder.path, path), text);
    }
    url = pathToFileURL(join(folder.path, 'report.html')).href;
  });

  for (const [width, colorScheme] of [
    [DESKTOP, 'light'],
    [DESKTOP, 'dark'],
    [PHONE, 'light'],
  ] as const) {
    it(`opens at ${width} pixels in the ${colorScheme}`, async () => {
      const { page, requests, complaints } = await visit(browser, url, { width, colorScheme });
      expect(requests.filter((each) => !each.startsWith('data:'))).to.deep.equal([url]);
      expect(complaints).to.deep.equal([]);
      expect(await page.locator('table.verdicts').isVisible()).to.equal(true);
      expect(await page.locator('#recovery').isVisible()).to.equal(true);
      expect(await page.locator('table.verdicts .badge').count()).to.equal(7);
      expect(await page.getByRole('img').count()).to.equal(await page.locator('figure').count());
      expect(await page.evaluate('document.documentElement.scrollWidth')).to.equal(width);
    });
  }

  it('has dark charts on a dark page', async () => {
    const inkOf = async (colorScheme: 'light' | 'dark'): Promise<unknown> => {
      const { page } = await visit(browser, url, { width: DESKTOP, colorScheme });
      return page.evaluate("getComputedStyle(document.querySelector('figure svg text')).fill");
    };
    expect(await inkOf('light')).not.to.equal(await inkOf('dark'));
  });
});
