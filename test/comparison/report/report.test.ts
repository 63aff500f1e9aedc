// The files of a report: all there, self-contained, and with nothing in them that came in as markup.

import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { COLUMNS } from '../../../comparison/report/columns.js';
import { reportFiles } from '../../../comparison/report/files.js';
import { SAMPLE_LIMITS } from '../sample-limits.js';
import { sampleRecoveries, UNTRIED } from '../sample-recovery.js';
import { type Sample, sampleResult } from '../sample-results.js';
import { CIRCUMSTANCES, EVIL, files, SAMPLES } from './sample-report.js';

describe('a report', () => {
  it('has a page, Markdown, CSV and a file for each chart', async () => {
    const names = [...(await files()).keys()];
    expect(names).to.include.members(['report.html', 'report.md', 'results.csv', 'charts/idleShare.svg']);
    expect(names).to.include.members([
      'charts/loss-by-time-4.svg',
      'charts/loss-by-step-2.svg',
      'charts/held-out-4.svg',
    ]);
  });

  it('begins with the verdicts', async () => {
    const page = (await files()).get('report.html') as string;
    expect(page.indexOf('class="verdicts"')).to.be.within(1, page.indexOf('How this was measured'));
    expect(page.match(/class="badge/g)).to.have.length(7);
    expect(page).to.include('✓ holds').and.to.include('✗ does not hold').and.to.include('– not measured');
  });

  it('names what measured it, and warns where that was not one', async () => {
    const results = [1, 2].map((boards) => sampleResult({ boards }));
    const findings = { results, target: null, limits: null, recovery: UNTRIED };
    const draw = async () => '<svg viewBox="0 0 1 1"></svg>';
    const one = (await reportFiles(CIRCUMSTANCES, findings, draw)).get('report.md');
    expect(one).to.include('Program: ringtmp 0, build abc').and.not.to.include('different builds');
    const origin = { program: 'ringtmp 0, build def', machine: 'a machine' };
    const mixed = { ...findings, results: [results[0]!, { ...results[1]!, origin }] };
    const two = (await reportFiles(CIRCUMSTANCES, mixed, draw)).get('report.md');
    expect(two).to.include('build abc and ringtmp 0, build def').and.to.include('different builds of the program:');
  });

  it('says by which rule one is better, which is another for one round', async () => {
    const one = (await files()).get('report.html')?.replaceAll('\u00a0', ' ');
    expect(one)
      .to.include('one round: less than 15 % apart counts as the same')
      .and.not.to.include('spread of the rounds');
    const two = (await files(SAMPLES.flatMap((sample) => [sample, { ...sample, round: 2 }]))).get('report.html');
    expect(two).to.include('beyond the spread of the rounds').and.to.include('a seed of its own');
    expect(two).not.to.include('one round:');
  });

  it('explains its words, its figures and its rule, in Markdown too', async () => {
    const all = await files();
    const page = all.get('report.html')?.replaceAll('\u00a0', ' ') as string;
    const text = all.get('report.md') as string;
    for (const each of [page, text]) {
      for (const word of ['staleness', 'overdue', 'drift', 'dilation', 'to target', 'real, emulated, modelled'])
        expect(each).to.include(word);
      expect(each).to.include('An aim holds only where').and.to.include('docs/scaling.md');
      expect(each).to.include('ring at 4 boards: no worker');
    }
    expect(page).to.include('id="legend"').and.to.include('id="why"').and.to.include('id="figures"');
    expect(text).to.include('| boards | best ring | best star | plain ring | plain star |');
    expect(text).to.include('| 2 | ✓ ring 10.0 % | star 20.0 % | ✓ ring 10.0 % | star 20.0 % |');
    const plain = (await files([{ boards: 2 }, { contestant: 'star' }])).get('report.md');
    expect(plain).to.include('Times are those of this computer').and.not.to.include('**dilation**');
  });

  it('has what was expected of emulated boards beside what came of it', async () => {
    const [page, text] = ['report.html', 'report.md'].map(async (name) => (await files()).get(name) as string);
    const cells = ['ring', '1', '98.0 ms', '100 ms', '1.02', '19.0 %', '10.0 %'];
    expect(await text).to.include(`| ${cells.join(' | ')} |`);
    expect(await page).to.include('id="forecast"');
    const plain = await files([{ boards: 2 }]);
    for (const each of plain.values()) expect(each).not.to.include('Forecast and measurement');
  });

  it('has ring and star side by side in recovery, and each fault in a CSV', async () => {
    const recovery = sampleRecoveries({ recoveryMs: [1000, 3000, 2000, 1500] }, { failure: 'it <b>ended</b>' });
    const results = SAMPLES.map(sampleResult);
    const all = await reportFiles(
      CIRCUMSTANCES,
      { results, target: null, limits: null, recovery },
      async () => '<svg></svg>',
    );
    const page = all.get('report.html')?.replaceAll('\u00a0', ' ') as string;
    const text = all.get('report.md') as string;
    expect(page)
      .to.include('id="recovery"')
      .and.to.include('not emulated')
      .and.to.include('it &lt;b&gt;ended&lt;/b&gt;');
    expect(page).to.include('href="recovery/ring-4.json"').and.to.include('href="recovery.csv"');
    expect(text).to.include('| kill agent | ring | 2 | 1.25 s | 1.50 s | 4 | 2 | all |');
    expect(text).to.include('| all | star | 3 | 2.00 s | 3.00 s | 6 | 3 | 0 of 3 |');
    const rows: Record<string, string>[] = parse(all.get('recovery.csv') as string, { columns: true });
    expect(rows).to.have.length(7);
    expect(rows[0]).to.include({ contestant: 'ring', run: '1', member: 'agent', recoveryMs: '1000', matches: 'yes' });
    expect(rows[6]).to.include({ contestant: 'star', member: 'broker', repeated: '2', matches: 'no' });
    const none = await files();
    expect(none.has('recovery.csv')).to.equal(false);
    expect(none.get('report.html')).not.to.include('id="recovery"');
  });

  it('has the largest models with their conditions, those of one board too', async () => {
    const all = await files(SAMPLES, SAMPLE_LIMITS);
    const page = all.get('report.html')?.replaceAll('\u00a0', ' ') as string;
    expect(page).to.include('id="limits"').and.to.include('160 MB a board (in a group)');
    const text = all.get('report.md') as string;
    expect(text).to.include('| ring | 1 | 4,500,000 | 11 | 18.0 MB | 2 | 12 layers, out of memory |');
    expect(text).to.include('2026-11-21, by ringtmp limits --boards 1,2').and.to.include('The master has no limit');
    expect((await files()).get('report.md')).not.to.include('Largest models');
  });

  it('loads nothing from anywhere, and runs nothing', async () => {
    for (const [name, text] of await files()) {
      expect(text, name).not.to.match(/<(script|iframe|object|embed|link(?! rel="icon" href="data:))/);
      expect(text, name).not.to.match(/(src|href)\s*=\s*["']?(https?:)?\/\//i);
      expect(text, name).not.to.match(/@import|url\(/);
    }
  });

  it('shows names and errors as text', async () => {
    const all = await files();
    const page = all.get('report.html') as string;
    expect(page)
      .not.to.include('<img')
      .and.not.to.match(/<[^>]*onerror/);
    expect(page).to.include('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;');
    const text = all.get('report.md') as string;
    expect(text.split('\n').find((line) => line.startsWith('# '))).to.include('\\<img');
    for (const line of text.split('\n').filter((each) => each.startsWith('| star-asp'))) {
      expect(line.match(/(?<!\\)\|/g)).to.have.length(COLUMNS.length + 2);
    }
  });

  it('has all figures in its CSV', async () => {
    const rows: Record<string, string>[] = parse((await files()).get('results.csv') as string, { columns: true });
    const found = sampleResult({ contestant: 'ring', boards: 1, idleShare: 0.1, emulated: true });
    expect(rows).to.have.length(SAMPLES.length);
    expect(rows[0]).to.include({
      contestant: 'ring',
      boards: '1',
      outcome: 'finished',
      idleShare: '0.1',
      drift: '0.012',
      overdue: '0.003',
    });
    expect(Number(rows[0]?.finalMetric)).to.equal(found.figures?.evaluations.at(-1)?.value);
    expect(rows[2]).to.include({ contestant: 'star-asp', outcome: 'failed', reason: EVIL, bytesSent: '' });
  });

  it('says what was emulated, and where this computer was late', async () => {
    const results = SAMPLES.map(sampleResult).map((result) => {
      const { figures } = result;
      return figures?.emulated
        ? { ...result, figures: { ...figures, emulated: { ...figures.emulated, drift: 0.2 } } }
        : result;
    });
    const all = await reportFiles(
      CIRCUMSTANCES,
      { results, target: null, limits: null, recovery: UNTRIED },
      async () => '<svg></svg>',
    );
    expect(all.get('report.html')).to.include('late in 6 of 9 runs').and.to.include('pi-4, emulated');
  });

  it('says beside every energy what is measured and what is not, and whose it is', async () => {
    const all = await files(
      [1, 2].flatMap((boards): Sample[] => [
        { contestant: 'ring', boards, source: 'mixed', withMaster: false, emulated: true },
        { contestant: 'star', boards, source: 'measured', withMaster: false, emulated: true },
      ]),
    );
    const [page, text] = ['report.html', 'report.md'].map((name) => all.get(name)?.replaceAll('\u00a0', ' ') ?? '') as [
      string,
      string,
    ];
    const rows: Record<string, string>[] = parse(all.get('results.csv') as string, { columns: true });
    expect(rows.map(({ energySource, energyMaster }) => [energySource, energyMaster])).to.deep.equal(
      [1, 2].flatMap(() => ['mixed', 'measured'].map((source) => [source, 'left out'])),
    );
    for (const each of [page, text]) {
      expect(each).to.include('Energy is not of one kind in all runs: mixed without the master’s (ring) and measured');
      expect(each).to.include('Mixed: the sum of what some boards measured');
      expect(each).to.include('that of the boards alone, in ring and star alike');
      expect(each).to.match(/ring \S+ k?J mixed, star \S+ k?J measured/);
      expect(each).to.include('Lower is better. Energy mixed without');
    }
    expect(page.match(/<td class="[^"]*">(✓ )?[\d.]+ k?J (mixed|measured)\n/g)).to.have.length(4);
    expect(text).to.match(/\| [\\\d.]+ J mixed \|/);
  });

  it('counts the master where it tells, and says so', async () => {
    const all = await files();
    expect(all.get('report.md')).to.include('that of the boards and of the master, which in a star is the server');
    const [row]: Record<string, string>[] = parse(all.get('results.csv') as string, { columns: true });
    expect(row).to.include({ energySource: 'modelled', energyMaster: 'counted' });
    expect(all.get('report.html')).not.to.include('Energy is not of one kind');
    const simulated = await files([{ boards: 2, source: 'simulated' }]);
    expect(simulated.get('report.html')).to.include('Simulated energy was made up');
    const none = await files([{ boards: 2, joules: null }]);
    expect(none.get('report.md')).to.include('Energy: not known');
  });

  it('says where boards chose without what was due', async () => {
    const results = SAMPLES.map(sampleResult).map((result) => {
      const { figures } = result;
      if (!figures?.emulated) return result;
      return { ...result, figures: { ...figures, emulated: { ...figures.emulated, overdue: 0.02 } } };
    });
    const all = await reportFiles(
      CIRCUMSTANCES,
      { results, target: null, limits: null, recovery: UNTRIED },
      async () => '<svg></svg>',
    );
    expect(all.get('report.html')).to.include('In 6 of 9 runs a board chose without');
  });

  it('claims nothing of overdue messages that nobody counted', async () => {
    const factOf = async (...overdue: (number | null)[]) => {
      const results = overdue.map((each, index) => {
        const { figures, ...result } = sampleResult({ boards: index + 1, emulated: true });
        const emulated = figures?.emulated ? { ...figures.emulated, overdue: each } : null;
        return { ...result, figures: figures && { ...figures, emulated } };
      });
      const findings = { results, target: null, limits: null, recovery: UNTRIED };
      const all = await reportFiles(CIRCUMSTANCES, findings, async () => '<svg></svg>');
      return all
        .get('report.md')
        ?.split('\n')
        .find((line) => line.startsWith('- Emulation'));
    };
    expect(await factOf(null, null))
      .to.include('; overdue messages were not counted')
      .and.not.to.include('0.0 %');
    expect(await factOf(0.002, null)).to.include('overdue messages at most 0.2 % in 1 run, not known in 1');
    expect(await factOf(0.002, 0)).to.match(/overdue messages at most 0\.2 %$/);
  });

  it('can be made of failures alone', async () => {
    const all = await files(SAMPLES.filter(({ outcome }) => outcome === 'failed'));
    expect(all.get('report.html')).to.include('3 of 3 runs failed');
    expect([...all.keys()].filter((name) => name.startsWith('charts/'))).to.deep.equal([]);
  });
});
