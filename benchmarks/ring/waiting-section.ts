import type { BenchContext } from '../group.js';
import type { Section } from '../report/report.js';
export async function waitingSection(_: BenchContext): Promise<Section> {
  return { title: 'x', about: [], columns: [], rows: [], peers: [] };
}
