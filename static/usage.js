// What a coding agent's language model took: how much it holds in mind, and what it cost so far. Pure words.

/** @typedef {import("./state.js").Activity} Activity */
/** @typedef {{ used: number, size: number, cost: { amount: number, currency: string } | null }} Usage tokens held in mind, and how many can be */

/** Whether it is the coding agent's: the project manager tells by the turn what its own model took. @param {Activity} activity */
export const isAgentsUsage = ({ kind, source, data }) => kind === "usage" && source === "claude" && typeof data?.used_tokens === "number";

/** @param {Activity} activity @returns {Usage | null} */
export function usageOf(activity) {
  if (!isAgentsUsage(activity)) return null;
  const { used_tokens, size_tokens, cost } = activity.data;
  const isPaid = typeof cost?.amount === "number" && cost.currency;
  return { used: used_tokens, size: size_tokens ?? 0, cost: isPaid ? { amount: cost.amount, currency: String(cost.currency) } : null };
}

/** What is last known of it in a command. @param {import("./timeline.js").Step[]} steps @returns {Usage | null} */
export function newestUsage(steps) {
  const last = steps.findLast(({ activity }) => isAgentsUsage(activity));
  return last ? usageOf(last.activity) : null;
}

/** The little that fits into a heading: what it cost, else how much is held in mind. @param {Usage} usage */
export const usageWord = ({ used, cost }) => cost ? moneyWords(cost) : `${tokenWords(used)} tokens`;

/** @param {Usage} usage */
export function usageWords({ used, size, cost }) {
  const share = size > 0 ? ` of ${tokenWords(size)}` : "";
  return [`${tokenWords(used)}${share} tokens in mind`, cost && `${moneyWords(cost)} so far`].filter(Boolean).join(" · ");
}

/** "840", "41k", "1.2M": nobody counts tokens. @param {number} n */
export function tokenWords(n) {
  if (n < 1_000) return String(n);
  if (n < 999_500) return `${n < 9_950 ? tenths(n / 1_000) : Math.round(n / 1_000)}k`;
  return `${tenths(n / 1_000_000)}M`;
}

const tenths = (/** @type {number} */ n) => n.toFixed(1).replace(/\.0$/, "");

/** Money where the unit is a currency; else the number with its unit. @param {{ amount: number, currency: string }} cost */
export function moneyWords({ amount, currency }) {
  if (!/^[A-Z]{3}$/.test(currency)) return `${tenths(amount)} ${currency}`;
  // Less than a cent is not nothing.
  const maximumFractionDigits = amount > 0 && amount < 0.01 ? 4 : 2;
  return new Intl.NumberFormat("en", { style: "currency", currency, minimumFractionDigits: 2, maximumFractionDigits }).format(amount);
}
