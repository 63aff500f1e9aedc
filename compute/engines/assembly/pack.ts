// Packing: the operands of a product as panels 4 or 8 wide, in the order in which the tile reads them
// (Goto and van de Geijn 2008). What overhangs the matrix is filled with zeros.

import { loadPartial } from './vector';

/** `to[p][i] = from[i][p]`: the source's rows run along the depth. `lead` is a row's length in bytes. */
// @ts-ignore: decorator
@inline export function packRows(to: usize, from: usize, lead: usize, count: usize, depth: usize, width: usize): void {
  for (let i: usize = 0; i < width; i += 4) {
    if (i + 4 <= count) packFourRows(to + i * 4, from + i * lead, lead, depth, width * 4);
    else packLastRows(to + i * 4, from + i * lead, lead, i < count ? count - i : 0, depth, width * 4);
  }
}

function packFourRows(to: usize, from: usize, lead: usize, depth: usize, step: usize): void {
  let r0 = from;
  let r1 = from + lead;
  let r2 = from + 2 * lead;
  let r3 = from + 3 * lead;
  let left = depth;
  for (; left >= 4; left -= 4) {
    const x0 = v128.load(r0);
    const x1 = v128.load(r1);
    const x2 = v128.load(r2);
    const x3 = v128.load(r3);
    const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
    const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
    const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
    v128.store(to + step, v128.shuffle<f64>(low01, low23, 1, 3));
    v128.store(to + 2 * step, v128.shuffle<f64>(high01, high23, 0, 2));
    v128.store(to + 3 * step, v128.shuffle<f64>(high01, high23, 1, 3));
    to += 4 * step;
    r0 += 16;
    r1 += 16;
    r2 += 16;
    r3 += 16;
  }
  for (; left > 0; left--) {
    store<f32>(to, load<f32>(r0));
    store<f32>(to, load<f32>(r1), 4);
    store<f32>(to, load<f32>(r2), 8);
    store<f32>(to, load<f32>(r3), 12);
    to += step;
    r0 += 4;
    r1 += 4;
    r2 += 4;
    r3 += 4;
  }
}

function packLastRows(to: usize, from: usize, lead: usize, count: usize, depth: usize, step: usize): void {
  for (let p: usize = 0; p < depth; p++) {
    for (let i: usize = 0; i < 4; i++) {
      store<f32>(to + i * 4, i < count ? load<f32>(from + i * lead) : 0);
    }
    to += step;
    from += 4;
  }
}

/**
 * `to[j / width][p][j % width] = from[p][j]`: the source's rows run along the tiles. All panels are
 * written while a row is read, so that memory is read in order. `lead` is a row's length in bytes.
 */
// @ts-ignore: decorator
@inline export function packColumns(
  to: usize,
  from: usize,
  lead: usize,
  columns: usize,
  depth: usize,
  width: usize,
): void {
  const rest = columns % width;
  const full = columns - rest;
  const panel = depth * width * 4;
  for (let p: usize = 0; p < depth; p++) {
    let target = to + p * width * 4;
    const end = from + p * lead + full * 4;
    for (let source = from + p * lead; source < end; source += width * 4) {
      v128.store(target, v128.load(source));
      if (width == 8) v128.store(target, v128.load(source, 16), 16);
      target += panel;
    }
  }
  if (rest) packLastColumns(to + full * depth * 4, from + full * 4, lead, rest, depth, width);
}

function packLastColumns(to: usize, from: usize, lead: usize, count: usize, depth: usize, width: usize): void {
  const end = to + depth * width * 4;
  while (to < end) {
    v128.store(to, loadUpToFour(from, count));
    if (width == 8) v128.store(to, count > 4 ? loadUpToFour(from + 16, count - 4) : f32x4.splat(0), 16);
    to += width * 4;
    from += lead;
  }
}

/** Multiplies a packed panel of so many floats, a multiple of 4, by `scale`: so the tile needs to know of none. */
export function scalePanel(panel: usize, floats: usize, scale: f32): void {
  const scales = f32x4.splat(scale);
  for (const end = panel + floats * 4; panel < end; panel += 16) {
    v128.store(panel, f32x4.mul(v128.load(panel), scales));
  }
}

// @ts-ignore: decorator
@inline function loadUpToFour(from: usize, count: usize): v128 {
  return count >= 4 ? v128.load(from) : loadPartial(from, count);
}
