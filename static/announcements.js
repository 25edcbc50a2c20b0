// What is said aloud to somebody who does not see the page: that a command has ended, and how, and what was answered.
// The steps between are there to be read, not recited.

import { isEnded } from "./execution.js";
import { plainLine } from "./format.js";
import { commandWords, statusWords } from "./words.js";

/**
 * What is remembered from one look to the next.
 * @typedef {{ projectId: string | null, isLoaded: boolean, ended: Set<string>, known: Set<string>, messages: Set<string> }} Look
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
  return [...ends, ...replies.slice(-1)].join(" ");
}
