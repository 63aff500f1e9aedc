// A verdict in words: who is better where, and by which figures. Losing is said as plainly as winning.

import { type Absence, type Duel, type Entry, isEntry } from './duels.js';
import { boardsText, list } from './format.js';
import type { Measure } from './measures.js';

/** One measure of an aim: the best of each kind, and the plain ring against the plain star. */
export interface Contest {
  readonly measure: Measure;
  readonly best: readonly Duel[];
  readonly plain: readonly Duel[];
}

/** `The ring is better at 2 and 4 boards, the star at 8; at 16 boards no ring was possible.` */
export function conclusion({ measure, best }: Contest): string {
  const decided = best.filter(({ winner }) => winner !== null);
  const title = measure.title.charAt(0).toLowerCase() + measure.title.slice(1);
  if (decided.length === 0) return `There is nothing to compare in ${title}: ${why(best)}.`;
  const where = (winner: Duel['winner']): string | null => {
    const numbers = decided.filter((duel) => duel.winner === winner).map(({ boards }) => String(boards));
    if (numbers.length === 0) return null;
    return numbers.length === best.length ? everywhere(numbers) : `at ${list(numbers)} boards`;
  };
  const parts = [
    clause('the ring is better', where('ring')),
    clause('the star is better', where('star')),
    clause('neither is better', where('neither')),
  ].filter((part) => part !== null);
  return `${measure.title}: ${[list(parts), ...undecided(best)].join('; ')}.`;
}

/** Nothing is left out in silence: `at 16 boards no ring was possible` */
function undecided(best: readonly Duel[]): string[] {
  const open = best.filter(({ winner }) => winner === null);
  const reasons = [...new Set(open.map((duel) => why([duel])))];
  return reasons.map((reason) => {
    const numbers = open.filter((duel) => why([duel]) === reason).map(({ boards }) => String(boards));
    return `at ${list(numbers)} boards ${reason}`;
  });
}

/** `no star took part` */
function why(duels: readonly Duel[]): string {
  const reasons = duels.flatMap(absencesOf);
  return reasons.length === 0 ? 'no run with enough boards' : list([...new Set(reasons)]);
}

function absencesOf({ ring, star }: Duel): string[] {
  const textOf = (side: Entry | Absence, kind: string) => (isEntry(side) ? [] : [absenceText(side, kind)]);
  return [...textOf(ring, 'ring'), ...textOf(star, 'star')];
}

function absenceText({ absent }: Absence, kind: string): string {
  return `no ${kind} ${absent}`;
}

function everywhere(numbers: readonly string[]): string {
  return numbers.length === 1 ? `at ${numbers[0]} boards` : `at every number of boards (${list(numbers)})`;
}

function clause(claim: string, where: string | null): string | null {
  return where === null ? null : `${claim} ${where}`;
}

/** `At 2 boards ring-async 3.0 %, star-ssp 12.0 %; ...`; nothing where nothing could be compared. */
export function figuresText({ measure, best, plain }: Contest): string {
  if (best.every(({ winner }) => winner === null)) return '';
  const first = `${capital(best.map((duel) => duelText(duel, measure)).join('; '))}.`;
  const others = plain.filter((duel, index) => differs(duel, best[index]));
  if (others.length === 0) return first;
  const where = others.length < plain.length ? ' (elsewhere they are the best)' : '';
  return `${first} Plain ring against plain star${where}: ${others.map((duel) => duelText(duel, measure)).join('; ')}.`;
}

/** The same of the most boards at which there was something to compare. */
export function lastFigures({ measure, best }: Contest): string {
  const duel = best.findLast(({ winner }) => winner !== null);
  return duel === undefined ? '' : `${capital(duelText(duel, measure))}.`;
}

function duelText({ boards, ring, star }: Duel, measure: Measure): string {
  return `at ${boardsText(boards)} ${sideText(ring, 'ring', measure)}, ${sideText(star, 'star', measure)}`;
}

export function sideText(side: Entry | Absence, kind: string, measure: Measure): string {
  if (!isEntry(side)) return absenceText(side, kind);
  return `${side.contestant} ${valueText(side, measure)}`;
}

function valueText(entry: Entry, measure: Measure): string {
  const notes = [rangeText(entry, measure), entry.detail ?? ''].filter((note) => note !== '').join('; ');
  return `${measure.format(entry.value.median)}${sourceText(entry)}${notes === '' ? '' : ` (${notes})`}`;
}

/** ` modelled`: no figure of energy without this word. */
export function sourceText({ source }: Entry): string {
  return source === null ? '' : ` ${source}`;
}

/** Of the rounds; nothing where there was one, or where all are alike. */
export function rangeText({ value }: Entry, measure: Measure): string {
  const [min, max] = [measure.format(value.min), measure.format(value.max)];
  if (min === max) return '';
  const unit = max.slice(max.indexOf(' '));
  return `${min.endsWith(unit) ? min.slice(0, -unit.length) : min} to ${max}`;
}

function differs(plain: Duel, best: Duel | undefined): boolean {
  if (!isEntry(plain.ring) && !isEntry(plain.star)) return false;
  const nameOf = (side: Entry | Absence | undefined): string => (side && isEntry(side) ? side.contestant : '');
  return nameOf(plain.ring) !== nameOf(best?.ring) || nameOf(plain.star) !== nameOf(best?.star);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
