// What a coding agent asks for while its command runs, and what can be answered: in its own words, the yes before the no. Pure.

/** @typedef {import("./workflow.js").Gate} Gate */
/** @typedef {import("./workflow.js").GateOption} Option */

/** In this order they stand, with what each means whatever words the agent has for it. @type {Record<string, string>} */
const MEANINGS = {
  allow_once: "Yes, this time", allow_always: "Yes, and it does not ask for this again", reject_once: "No, this time", reject_always: "No, and it does not ask for this again",
};
const ORDER = Object.keys(MEANINGS);

/** @param {Gate} gate */
export const isPermission = ({ gate_type }) => gate_type === "permission";

/** Whether it is a yes. @param {Option} option */
export const allows = ({ kind }) => kind === "allow_once" || kind === "allow_always";

/** @param {Option} option */
export const meaningOf = ({ kind }) => MEANINGS[kind] ?? MEANINGS.reject_once;

/** @param {Gate} gate @returns {Option[]} */
export function optionsOf({ options }) {
  const known = (options ?? []).map((one) => ({ ...one, name: one.name?.trim() || meaningOf(one) }));
  return known.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/** What was chosen, in the agent's words. @param {Gate} gate */
export function chosenName(gate) {
  return gate.chosen ? optionsOf(gate).find(({ id }) => id === gate.chosen)?.name ?? null : null;
}

/** What has no known meaning is no yes, and stands last. @param {Option} option */
const placeOf = ({ kind }) => ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length;
