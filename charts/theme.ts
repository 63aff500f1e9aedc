// How all charts look: quiet axes, and colours that a style sheet exchanges for lighter ones where the page is
// dark. Colours stand in the SVG as attributes, which any rule outranks.

import type { Config } from 'vega-lite';

const INK = '#33322e';
const MUTED = '#5f5d57';
const GRID = '#e3e1da';
const FONT = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';

/** For light pages, and the same for dark ones. */
const DARK_OF: Readonly<Record<string, string>> = {
  [INK]: '#e9e7e1',
  [MUTED]: '#b3b0a7',
  [GRID]: '#3a3935',
  '#1d5fbf': '#6ea8f5',
  '#3f93e8': '#a9cdf9',
  '#0f8a80': '#3fc3b6',
  '#5b4bb5': '#a598f0',
  '#b93a0e': '#f58a57',
  '#d9691f': '#fbbd92',
  '#a8327e': '#e884c4',
  '#8a6d00': '#d9b93a',
  '#7a1f3d': '#e07a9b',
  '#c9c6bd': '#55534d',
};

/** One family of hues for each kind; within it shape and dash tell apart too. */
export const FAMILIES = {
  ring: ['#1d5fbf', '#3f93e8', '#0f8a80', '#5b4bb5'],
  star: ['#b93a0e', '#d9691f', '#a8327e', '#8a6d00', '#7a1f3d'],
} as const;

/** Of a node's time: what works, and the rest. */
export const PARTS = {
  forward: '#1d5fbf',
  backward: '#0f8a80',
  update: '#8a6d00',
  serialise: '#a8327e',
  idle: '#c9c6bd',
} as const;

export const CHART_CONFIG: Config = {
  aria: false, // whoever shows a chart says what it shows
  background: 'transparent',
  font: FONT,
  padding: 4,
  view: { stroke: 'transparent' },
  axis: {
    labelColor: MUTED,
    titleColor: MUTED,
    titleFontWeight: 'normal',
    labelFontSize: 11,
    titleFontSize: 11,
    gridColor: GRID,
    domainColor: GRID,
    tickColor: GRID,
    labelOverlap: true,
  },
  axisX: { grid: false },
  axisY: { domain: false, ticks: false, tickCount: 5 },
  legend: {
    labelColor: INK,
    labelFontSize: 11,
    labelLimit: 240,
    orient: 'top',
    direction: 'horizontal',
    columns: 2,
    symbolStrokeWidth: 2,
    title: null,
  },
  line: { strokeWidth: 2 },
  point: { size: 60, filled: true, opacity: 1 },
};

/** Rules for dark pages, to stand within a media query. */
export function darkRules(): string {
  return Object.entries(DARK_OF)
    .flatMap(([light, dark]) => [`[fill="${light}"]{fill:${dark}}`, `[stroke="${light}"]{stroke:${dark}}`])
    .join('');
}

/** A file of its own, that is dark where its reader is. */
export function standalone(svg: string): string {
  const style = `<style>@media (prefers-color-scheme:dark){${darkRules()}}</style>`;
  return `${svg.replace(/<svg[^>]*>/, (tag) => tag + style)}\n`;
}
