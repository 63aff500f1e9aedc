// One update of a tensor of weights. Factors that depend on the iteration come from outside, computed in
// double precision; `decay` is 1 - learningRate weightDecay, `gradientScale` multiplies the gradient first.

import { loadPartial, storePartial } from './vector';

/** `w = decay w - rate g`, `rate` being learningRate gradientScale */
export function sgd(w: usize, g: usize, size: usize, rate: f32, decay: f32): void {
  const rest = size & 3;
  const full = (size - rest) * 4;
  if (decay == 1) {
    // The common case: a multiplication less for each weight.
    const rates = f32x4.splat(rate);
    for (let i: usize = 0; i < full; i += 16) {
      v128.store(w + i, f32x4.sub(v128.load(w + i), f32x4.mul(rates, v128.load(g + i))));
    }
  } else {
    for (let i: usize = 0; i < full; i += 16) v128.store(w + i, descend(v128.load(w + i), v128.load(g + i), rate, decay));
  }
  if (rest) storePartial(w + full, descend(loadPartial(w + full, rest), loadPartial(g + full, rest), rate, decay), rest);
}

// @ts-ignore: decorator
@inline function descend(w: v128, g: v128, rate: f32, decay: f32): v128 {
  return f32x4.sub(f32x4.mul(w, f32x4.splat(decay)), f32x4.mul(f32x4.splat(rate), g));
}

/** `v = momentum v - rate g`, `w = decay w + v`, or with Nesterov `w = decay w + momentum v - rate g` */
export function sgdMomentum(
  w: usize,
  g: usize,
  v: usize,
  size: usize,
  rate: f32,
  momentum: f32,
  nesterov: bool,
  decay: f32,
): void {
  const rest = size & 3;
  const full = (size - rest) * 4;
  for (let i: usize = 0; i < full; i += 16) {
    const step = f32x4.mul(f32x4.splat(rate), v128.load(g + i));
    const velocity = f32x4.sub(f32x4.mul(f32x4.splat(momentum), v128.load(v + i)), step);
    v128.store(v + i, velocity);
    v128.store(w + i, move(v128.load(w + i), velocity, step, momentum, nesterov, decay));
  }
  if (rest == 0) return;
  const step = f32x4.mul(f32x4.splat(rate), loadPartial(g + full, rest));
  const velocity = f32x4.sub(f32x4.mul(f32x4.splat(momentum), loadPartial(v + full, rest)), step);
  storePartial(v + full, velocity, rest);
  storePartial(w + full, move(loadPartial(w + full, rest), velocity, step, momentum, nesterov, decay), rest);
}

// @ts-ignore: decorator
@inline function move(w: v128, velocity: v128, step: v128, momentum: f32, nesterov: bool, decay: f32): v128 {
  const movement = nesterov ? f32x4.sub(f32x4.mul(f32x4.splat(momentum), velocity), step) : velocity;
  return f32x4.add(f32x4.mul(w, f32x4.splat(decay)), movement);
}

/** `m += (1 - beta1)(g - m)`, `v += (1 - beta2)(g² - v)`, `w = decay w - rate m / (sqrt(v) + epsilon)` */
export function adam(
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  size: usize,
  gradientScale: f32,
  oneMinusBeta1: f32,
  oneMinusBeta2: f32,
  rate: f32,
  epsilon: f32,
  decay: f32,
): void {
  const rest = size & 3;
  const full = (size - rest) * 4;
  for (let i: usize = 0; i < full; i += 16) {
    const gradient = f32x4.mul(v128.load(g + i), f32x4.splat(gradientScale));
    const mean = towards(v128.load(m + i), gradient, oneMinusBeta1);
    const square = towards(v128.load(v + i), f32x4.mul(gradient, gradient), oneMinusBeta2);
    v128.store(m + i, mean);
    v128.store(v + i, square);
    v128.store(w + i, adapt(v128.load(w + i), mean, square, rate, epsilon, decay));
  }
  if (rest == 0) return;
  const gradient = f32x4.mul(loadPartial(g + full, rest), f32x4.splat(gradientScale));
  const mean = towards(loadPartial(m + full, rest), gradient, oneMinusBeta1);
  const square = towards(loadPartial(v + full, rest), f32x4.mul(gradient, gradient), oneMinusBeta2);
  storePartial(m + full, mean, rest);
  storePartial(v + full, square, rest);
  storePartial(w + full, adapt(loadPartial(w + full, rest), mean, square, rate, epsilon, decay), rest);
}

// @ts-ignore: decorator
@inline function towards(average: v128, value: v128, share: f32): v128 {
  return f32x4.add(average, f32x4.mul(f32x4.splat(share), f32x4.sub(value, average)));
}

// @ts-ignore: decorator
@inline function adapt(w: v128, mean: v128, square: v128, rate: f32, epsilon: f32, decay: f32): v128 {
  const deviation = f32x4.add(f32x4.sqrt(square), f32x4.splat(epsilon));
  return f32x4.sub(f32x4.mul(w, f32x4.splat(decay)), f32x4.div(f32x4.mul(f32x4.splat(rate), mean), deviation));
}
