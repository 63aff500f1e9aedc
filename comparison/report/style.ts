// How the page looks: readable on a phone, in the dark and on paper. No fonts, scripts or pictures from anywhere.

import { darkRules } from '../../charts/theme.js';

const LIGHT = `--page:#fbfaf7;--card:#fff;--ink:#22211e;--muted:#5f5d57;--line:#dedbd3;--link:#1d5fbf;
--ring:#1d5fbf;--star:#b93a0e;--good:#1c6b34;--good-ground:#e3f3e6;--bad:#9c2313;--bad-ground:#fbe6e1;--none-ground:#eeece6;
--warn-ground:#fff3d6;`;

const DARK = `--page:#171715;--card:#1f1f1c;--ink:#eceae4;--muted:#b3b0a7;--line:#3a3935;--link:#8bbcff;
--ring:#6ea8f5;--star:#f58a57;--good:#8fdca4;--good-ground:#193523;--bad:#ffab98;--bad-ground:#45201a;--none-ground:#2c2b28;
--warn-ground:#3d3113;`;

export const STYLE = `
:root{color-scheme:light dark;${LIGHT}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
main{max-width:76rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .5rem}
h2{font-size:1.35rem;margin:3rem 0 1rem}
h3{font-size:1rem;margin:0 0 .25rem}
p{margin:.4rem 0}
a{color:var(--link)}
code{font:.85em/1.4 ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
.headline{font-size:1.2rem;margin-bottom:1rem}
.warning{background:var(--warn-ground);border-radius:.5rem;padding:.6rem .9rem}
.muted{color:var(--muted);font-size:.9rem}
table{border-collapse:collapse}
.verdicts{width:100%;background:var(--card);border:1px solid var(--line);border-radius:.6rem;border-collapse:separate;border-spacing:0}
.verdicts th,.verdicts td{text-align:left;vertical-align:top;padding:.8rem .9rem;border-bottom:1px solid var(--line)}
.verdicts tbody tr:last-child>*{border-bottom:0}
.verdicts thead th{font-size:.85rem;color:var(--muted);font-weight:600}
.verdicts tbody th{width:17rem;font-weight:600}
.verdicts td:nth-child(2){width:11rem}
.number{color:var(--muted);font-weight:400;margin-right:.4rem}
.badge{display:inline-block;white-space:nowrap;border-radius:1rem;padding:.1rem .7rem;font-weight:600;font-size:.9rem}
.holds{background:var(--good-ground);color:var(--good)}
.does-not-hold{background:var(--bad-ground);color:var(--bad)}
.not-measured{background:var(--none-ground);color:var(--muted)}
.beside{display:block;white-space:nowrap;color:var(--muted);font-size:.85rem;margin-top:.3rem}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,34rem),1fr));gap:1rem}
.card{padding:.9rem}
.duels{width:100%;font-size:.95rem;font-variant-numeric:tabular-nums}
.duels caption{text-align:left;font-weight:600;padding:0 0 .4rem}
.duels th,.duels td{padding:.35rem .9rem .35rem 0;text-align:left;vertical-align:top;border-top:1px solid var(--line)}
.duels thead th{border:0;font-size:.8rem;font-weight:600;color:var(--muted);padding-bottom:.2rem}
.duels tbody th{font-weight:400}
.duels td:nth-child(4),.duels th:nth-child(4){border-left:1px solid var(--line);padding-left:.9rem}
.duels thead th:nth-child(4){border-left:1px solid var(--line)}
.duels small{display:block;color:var(--muted);font-weight:400;font-size:.78rem;line-height:1.3}
.better{font-weight:700}
.better.ring{color:var(--ring)}
.better.star{color:var(--star)}
dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.2rem;margin:0}
dl.facts dt{color:var(--muted)}
dl.facts dd{margin:0;overflow-wrap:anywhere}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,21.5rem),1fr));gap:1rem}
figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.9rem;break-inside:avoid}
figure svg{display:block;width:100%;height:auto;max-width:30rem}
figcaption .muted{margin:0 0 .5rem}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:.6rem}
.runs{font-size:.85rem;font-variant-numeric:tabular-nums;width:100%}
.runs th,.runs td{padding:.4rem .7rem;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
.runs thead th{color:var(--muted);font-weight:600}
.runs .text{text-align:left}
.runs .reason{white-space:normal;min-width:16rem}
.runs tbody tr:last-child>*{border-bottom:0}
@media (max-width:44rem){
main{padding:1.25rem 1rem 3rem}h1{font-size:1.5rem}
.verdicts>thead{position:absolute;clip-path:inset(50%)}
.verdicts>tbody>tr{display:block;padding:.8rem .9rem;border-bottom:1px solid var(--line)}
.verdicts>tbody>tr:last-child{border-bottom:0}
.verdicts>tbody>tr>*{display:block;width:auto;padding:0 0 .5rem;border:0}
dl.facts{grid-template-columns:1fr;gap:0}
.card{padding:.8rem .7rem}.duels{font-size:.8rem}.duels th,.duels td{padding-right:.4rem}.duels small{font-size:.68rem}
.duels td:nth-child(4),.duels th:nth-child(4){padding-left:.4rem}.duels .muted{font-size:.75rem}
dl.facts dd{margin:0 0 .6rem}
}
@media screen and (prefers-color-scheme:dark){:root{${DARK}}${darkRules()}}
@media print{
:root{font-size:10px}body{background:#fff}main{max-width:none;padding:0}h2{margin:2rem 0 .8rem}
.verdicts tr,.card,figure{break-inside:avoid}.charts{grid-template-columns:repeat(2,1fr)}.scroll{overflow:visible}.runs{font-size:6.5px}.runs th,.runs td{white-space:normal;padding:.2rem}
.runs .reason{min-width:0}.runs .files{display:none}.cards{grid-template-columns:repeat(2,1fr)}
}`;
