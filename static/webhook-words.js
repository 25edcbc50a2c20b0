// Who outside is notified, as the server's report says, in words for people. Pure; components/webhook.js shows it.

import { ago, count, toMs } from "./format.js";

/** @type {Record<string, string>} */
const KINDS = { "command.ended": "A command ended", "command.failed": "A command failed", "gate.opened": "A decision was asked for" };

/** How far the server counts them: one more stands for all that are more. */
const COUNTED_MAX = 10000;

/** What is known of it. @param {any} told @param {number} now @returns {import("./server-words.js").Fact[]} */
export function toldOf({ target, waiting, oldest_waiting_at, last_delivered_at, last_failure, given_up, problem }, now) {
  const when = (/** @type {string | null} */ iso) => ago(toMs(iso) ?? now, now);
  const facts = [
    { name: "Sent to", says: String(target) },
    { name: "Waiting", says: waiting === null ? `not known: ${problem}` : waiting === 0 ? "nothing" : `${counted(waiting)}, the oldest from ${when(oldest_waiting_at)}` },
    { name: "Last delivered", says: last_delivered_at ? when(last_delivered_at) : "none yet" },
    { name: "Last not delivered", says: last_failure ? `${when(last_failure.at)}: ${last_failure.reason}` : "none" },
  ];
  if (given_up > 0) facts.push({ name: "Given up", says: `${counted(given_up)} of the last days` });
  return facts;
}

/** How many, as far as they are counted. @param {number} number */
const counted = (number) => number > COUNTED_MAX ? `more than ${COUNTED_MAX}` : String(number);

/** What one told of, and what became of it. @param {any} one */
export function notificationWords({ type, state, attempts, last_error }) {
  const why = last_error ? `: ${last_error}` : "";
  const tries = count(attempts, "try", "tries");
  const became = state === "delivered" ? `delivered${attempts > 1 ? ` after ${tries}` : ""}`
    : state === "given_up" ? `given up after ${tries}${why}`
    : state !== "waiting" ? String(state) // a word of another version
    : attempts === 0 ? "waits" : `waits after ${tries}${why}`;
  return { what: KINDS[type] ?? String(type), became };
}

/** @param {any} one @returns {import("./server-words.js").Tone} */
export const notificationTone = ({ state, attempts }) => state === "delivered" ? "good" : state === "given_up" || attempts > 0 ? "bad" : "unknown";

/** What came of a test. @param {any} answer @returns {{ tone: import("./server-words.js").Tone, says: string }} */
export function testWords({ delivered, target, reason, next_step }) {
  if (delivered) return { tone: "good", says: `${target} has it.` };
  return { tone: "bad", says: `It was not delivered: ${reason}. ${next_step}` };
}
