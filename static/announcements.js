// What is said aloud to somebody who does not see the page: that a command has ended, and how, what was answered, and
// what waits for an approval or was decided. The steps between are there to be read, not recited.

import { isEnded } from "./execution.js";
import { plainLine } from "./format.js";
import { commandWords, gateWords, statusWords } from "./words.js";
import { openGates } from "./workflow.js";

/**
 * What is remembered from one look to the next.
 * @typedef {{ projectId: string | null, isLoaded: boolean, ended: Set<string>, known: Set<string>, messages: Set<string>,
 *   open: Set<string>, isAsked: boolean }} Look `open` are the gates
 */

/** @param {string | null} projectId @param {import("./state.js").View} view @returns {Look} */
export function look(projectId, view) {
  const executions = Object.values(view.executions);
  return {
    projectId,
    isLoaded: view.messagesLoaded,
    known: new Set(executions.map((x) => x.id)),
    ended: new Set(executions.filter((x) => isEnded(x.status)).map((x) => x.id)),
    messages: new Set(view.messages.map((m) => m.id)),
    open: new Set(openGates(view.flow).map((gate) => gate.id)),
    isAsked: view.flow.isLoaded,
  };
}

/**
 * What has happened since, in a sentence or two; what was there before it was looked at is no news.
 * @param {Look} before @param {Look} now @param {import("./state.js").View} view as it is now
 */
export function news(before, now, view) {
  if (before.projectId !== now.projectId || !before.isLoaded) return "";
  const ends = Object.values(view.executions)
    .filter((x) => now.ended.has(x.id) && before.known.has(x.id) && !before.ended.has(x.id))
    .map((x) => `${commandWords(x.command).title}: ${statusWords(x).word}.`);
  const replies = view.messages
    .filter((m) => m.role === "assistant" && !before.messages.has(m.id))
    .map((m) => `Project manager: ${plainLine(m.content)}`);
  return [...ends, ...replies.slice(-1), ...gateNews(before, now, view)].join(" ");
}

/** @param {Look} before @param {Look} now @param {import("./state.js").View} view as it is now */
function gateNews(before, now, view) {
  if (!before.isAsked) return [];
  return view.flow.gates
    .filter(({ id }) => now.open.has(id) !== before.open.has(id))
    .map((gate) => `${gateWords(gate).word}: ${plainLine(gate.question)}`);
}
