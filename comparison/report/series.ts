// How a contestant is drawn, the same in every chart: the hue tells ring from star, shade, dash and shape tell
// the variants apart, so that no one needs to see colours.

import { FAMILIES } from '../../charts/theme.js';
import { type Cell, contestantsOf } from '../cells.js';

/** Of a chart: narrow enough for two beside each other, and for a phone. */
export const SIZE = { width: 330, height: 210 } as const;

const SOLID = [1, 0];
const DASHES = [SOLID, [6, 3], [2, 2], [8, 3, 2, 3], [4, 4]];
const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down', 'triangle-right'];
const FIELD = { field: 'contestant', type: 'nominal' } as const;

/**
 * The channels colour, dash and shape, for data with a field `contestant`.
 * @param legend what its symbols show besides the colour: dashes round filled shapes would be illegible
 */
export function seriesOf(cells: readonly Cell[], legend: 'shape' | 'dash') {
  const contestants = contestantsOf(cells);
  const domain = contestants.map(({ contestant }) => contestant);
  const places = { ring: 0, star: 0 };
  const styles = contestants.map(({ mode }) => {
    const place = places[mode]++;
    return { colour: cycled(FAMILIES[mode], place), dash: cycled(DASHES, place) };
  });
  const channel = (range: readonly unknown[]) => ({ ...FIELD, scale: { domain, range } });
  const dashes = styles.map(({ dash }) => dash);
  return {
    color: channel(styles.map(({ colour }) => colour)),
    strokeDash: legend === 'dash' ? channel(dashes) : dashedBy(domain, dashes),
    shape: channel(domain.map((_, index) => cycled(SHAPES, index))),
  };
}

/** The same without a legend. */
function dashedBy(names: readonly string[], dashes: readonly (readonly number[])[]) {
  const condition = names.map((name, index) => ({
    test: `datum.contestant === ${JSON.stringify(name)}`,
    value: dashes[index],
  }));
  return { condition, value: SOLID };
}

function cycled<T>(items: readonly T[], index: number): T {
  return items[index % items.length] as T;
}
