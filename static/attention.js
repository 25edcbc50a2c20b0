// What asks for a person's attention: what of the steps that come is news, and how the window's title and icon say it.
// Pure.

import { commandWords, errorWords } from "./words.js";
import { plainLine } from "./format.js";
import { gateOf } from "./workflow.js";

/** @typedef {"done" | "failed" | "turn" | "gate"} Outcome */
/** @typedef {{ outcome: Outcome, title: string, text: string }} News */

/**
 * What among new steps a person who looks elsewhere wants to be told: something waits for their approval, a command has
 * ended, or the project manager has answered and waits. What a person stopped they know. Of several the last counts, an end
 * more than what is said about it, and most of all what does not go on without them.
 * @param {import("./state.js").Activity[]} activities
 * @param {boolean} isBusy whether a command runs or waits after them
 * @param {import("./workflow.js").Gate} [open] a gate that waits after them: what is said about it is no other news
 * @returns {News | null}
 */
export function newsOf(activities, isBusy, open) {
  const gate = activities.map(gateOf).findLast((one) => one !== null);
  if (gate?.status === "PENDING") return newsOfGate(gate);
  const end = activities.findLast(({ kind, status, execution_id }) => kind === "status" && execution_id && (status === "COMPLETED" || status === "FAILED"));
  if (end) {
    const { title } = commandWords(end.command);
    if (end.status === "COMPLETED") return { outcome: "done", title: `Done: ${title}`, text: "" };
    return { outcome: "failed", title: `Failed: ${title}`, text: errorWords(end.data?.error_code) };
  }
  const said = activities.findLast(({ kind, data }) => kind === "message" && data?.role === "assistant" && !isReport(data));
  if (!said || isBusy) return null;
  return open ? newsOfGate(open) : { outcome: "turn", title: "Your turn", text: plainLine(said.message) };
}

/** @param {import("./workflow.js").Gate} gate @returns {News} */
const newsOfGate = ({ question }) => ({ outcome: "gate", title: "Waiting for your approval", text: plainLine(question) });

/**
 * The news that is told, if there is more: what is said takes no place from an end that nobody has seen. That a command is
 * begun may be said after it has failed.
 * @param {News | null} unseen @param {News} news @returns {News}
 */
export const moreUrgent = (unseen, news) => news.outcome === "turn" && (unseen?.outcome === "done" || unseen?.outcome === "failed") ? unseen : news;

/** What is said about a command's end, which was news already. @param {any} data */
const isReport = (data) => String(data.client_id ?? "").startsWith("report:");

/**
 * @param {{ project: { name: string, needs_attention?: number } | null, running: { command: string | null } | null, isAsking?: boolean, news: News | null, count: number }} now
 *   `isAsking` is whether what runs waits for a person, `news` is the last that nobody has seen here, `count` how many there are
 * @returns {{ title: string, icon: "plain" | "running" | "done" | "failed" | "turn" }}
 */
export function windowWords({ project, running, isAsking = false, news, count }) {
  const unseen = count > 0 ? `(${count}) ` : "";
  const end = [project?.name, "Project Manager"].filter(Boolean).join(" · ");
  const say = (/** @type {string} */ words) => `${unseen}${words} · ${end}`;
  if (running && isAsking) return { title: say(`${MARKS.gate} Waiting for you`), icon: "turn" };
  if (running) return { title: say(`● ${commandWords(running.command).doing}`), icon: "running" };
  if (news) return { title: say(`${MARKS[news.outcome]} ${news.title}`), icon: news.outcome === "gate" ? "turn" : news.outcome };
  if (project?.needs_attention) return { title: say(`${MARKS.turn} Waiting for you`), icon: "turn" };
  return { title: end, icon: "plain" };
}

/** @type {Record<Outcome, string>} */
const MARKS = { done: "✓", failed: "✕", turn: "?", gate: "?" };
