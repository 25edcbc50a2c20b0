// Finding something by a few of its letters, in order: "ntea" finds "Open Meadow Tea". Pure; the list is made elsewhere.

/** @typedef {{ label: string, more?: string }} Named `more` is found as well, but counts less */

const START = 8;
const WORD_START = 6;
const IN_A_ROW = 5;
const GAP = -0.2;

/**
 * How well the letters fit, and which they are; null where they do not.
 * @param {string} query @param {string} text
 * @returns {{ score: number, at: number[] } | null}
 */
export function fit(query, text) {
  const wanted = query.toLowerCase().replace(/\s+/g, "");
  const lower = text.toLowerCase();
  if (lower.length !== text.length) return null;
  /** @type {{ score: number, at: number[] } | null} */
  let best = null;
  // The first letter may stand in several places, and the first place is not always the one that was meant.
  for (let start = lower.indexOf(wanted[0] ?? ""); start >= 0 && wanted; start = lower.indexOf(wanted[0], start + 1)) {
    const one = fitFrom(wanted, lower, start, nextPlace) ?? fitFrom(wanted, lower, start, anyPlace);
    if (!one) break;
    if (!best || one.score > best.score) best = one;
  }
  return wanted ? best : { score: 0, at: [] };
}

/** @param {string} wanted @param {string} text @param {number} start @param {(text: string, letter: string, last: number) => number} step */
function fitFrom(wanted, text, start, step) {
  const at = [start];
  let score = worth(text, start);
  for (const letter of wanted.slice(1)) {
    const last = at[at.length - 1];
    const next = step(text, letter, last);
    if (next < 0) return null;
    score += next === last + 1 ? IN_A_ROW : worth(text, next) + GAP * (next - last);
    at.push(next);
  }
  return { score: score - text.length / 100, at };
}

/** Right after the last letter, else where a word begins, else anywhere. @param {string} text @param {string} letter @param {number} last */
function nextPlace(text, letter, last) {
  if (text[last + 1] === letter) return last + 1;
  for (let i = text.indexOf(letter, last + 1); i >= 0; i = text.indexOf(letter, i + 1)) {
    if (isWordStart(text, i)) return i;
  }
  return text.indexOf(letter, last + 1);
}

/** @param {string} text @param {string} letter @param {number} last */
const anyPlace = (text, letter, last) => text.indexOf(letter, last + 1);

/** @param {string} text @param {number} i */
const isWordStart = (text, i) => i === 0 || /[\s/_.:(-]/.test(text[i - 1]);

/** @param {string} text @param {number} i */
const worth = (text, i) => (i === 0 ? START : isWordStart(text, i) ? WORD_START : 1);

/**
 * What fits, best first; without letters everything as it came.
 * @template {Named} T
 * @param {string} query @param {T[]} all
 * @returns {{ item: T, at: number[] }[]} `at`: which letters of its label were found
 */
export function find(query, all) {
  if (!query.trim()) return all.map((item) => ({ item, at: [] }));
  return all
    .map((item) => {
      const label = fit(query, item.label);
      const more = label ? null : fit(query, item.more ?? "");
      return { item, at: label?.at ?? [], score: label ? label.score : more ? more.score / 2 - 10 : null };
    })
    .filter(({ score }) => score !== null)
    .sort((a, b) => /** @type {number} */ (b.score) - /** @type {number} */ (a.score))
    .map(({ item, at }) => ({ item, at }));
}
