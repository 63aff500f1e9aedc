// A chart as SVG, from a description in Vega-Lite. Its packages are large and only whoever writes reports needs
// them, not a board: they are loaded here alone, when the first chart is drawn.

import type { TopLevelSpec } from 'vega-lite';
import { ConfigurationError } from '../errors.js';
import { CHART_CONFIG } from './theme.js';

/**
 * @returns an `<svg>` with a viewBox, which may stand in a page or be a file of its own once `standalone` made it one
 * @throws ConfigurationError where the packages are missing
 */
export async function renderChart(spec: TopLevelSpec): Promise<string> {
  const [vega, vegaLite] = await loadVega();
  const { spec: compiled } = vegaLite.compile({ ...spec, config: { ...CHART_CONFIG, ...spec.config } });
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logLevel: vega.Error });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** To be asked before the hour of measuring that a report is to show. */
export async function checkCharts(): Promise<void> {
  await loadVega();
}

async function loadVega() {
  try {
    return await Promise.all([import('vega'), import('vega-lite')]);
  } catch (cause) {
    throw new ConfigurationError('charts need the packages vega and vega-lite, which are not installed', {
      remedy: 'Install them beside ringtmp: `npm install vega vega-lite`, with -g where ringtmp is global.',
      cause,
    });
  }
}
