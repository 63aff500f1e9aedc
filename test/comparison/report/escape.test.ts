// Text on its way into a page or into Markdown.

import { expect } from 'chai';
import { html, markdown } from '../../../comparison/report/escape.js';

describe('text on its way into a page', () => {
  it('is escaped, but for what a template made', () => {
    expect(html`<b title="${'"'}">${'<i>'}${html`<u>`}${['&', html`<s>`]}</b>`.text).to.equal(
      '<b title="&quot;">&lt;i&gt;<u>&amp;<s></b>',
    );
  });

  it('keeps a figure and its unit on one line', () => {
    expect(html`${'12 kB at 2 boards, 5 samples/s, 3 %'}`.text).to.equal(
      '12\u00a0kB at 2\u00a0boards, 5 samples/s, 3\u00a0%',
    );
  });

  it('is plain in Markdown', () => {
    expect(markdown('a|b *c* <d>\n`e` [f]')).to.equal('a\\|b \\*c\\* \\<d\\> \\`e\\` \\[f\\]');
    expect(markdown('# no')).to.equal('\\# no');
    expect(markdown('1. no')).to.equal('1\\. no');
    expect(markdown('1.5 s')).to.equal('1.5 s');
  });
});
